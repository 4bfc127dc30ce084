using System.Globalization;
using System.Text;
using Qualm.Ingest.Qmp;
using Qualm.Ingest.Sources;
using Qualm.Model;

namespace Qualm.Ingest.Pipeline;

/// <summary>The events Qualm makes about its clock.</summary>
internal static class ClockEvents
{
    private static readonly EventOrigin Origin = new("clock", "", null, "clock", 0);

    /// <summary>That the wall clock has jumped, as an input.</summary>
    public static StampedInput.Event Stepped(Instant stamp, ClockStepped step)
    {
        var data = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"by":{{step.By.Ticks / TimeSpan.TicksPerMicrosecond}},"ahead":{{step.Ahead.Ticks / TimeSpan.TicksPerMicrosecond}}}""");
        var schema = QmpCatalogue.Instance.Find("CLOCK_STEPPED");
        var message = new QmpEvent("CLOCK_STEPPED", schema, stamp, Encoding.ASCII.GetBytes(data), default, Altered: false);

        // No two inputs of a log have one stamp.
        return new(stamp, new ReceivedEvent(message, Origin, EventIds.OfText("clock", stamp.ToString()), 1), stamp, EventMarks.None, 1);
    }
}
