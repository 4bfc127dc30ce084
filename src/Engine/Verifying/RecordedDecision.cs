using Qualm.Model;
using Qualm.Store.Reading;

namespace Qualm.Engine.Verifying;

/// <summary>A decision as it stands in the log.</summary>
/// <param name="Json">Its data, UTF-8.</param>
internal sealed record RecordedDecision(Position Position, Guid Id, string Stream, string Type, Instant Recorded, Instant At, byte[] Json)
{
    public static RecordedDecision Of(in LogRow row) => new(row.Position, row.Id, row.Stream, row.Type, row.Recorded, row.Headers.At, row.Data.ToArray());
}
