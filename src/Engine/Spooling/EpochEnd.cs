using Qualm.Model;
using Qualm.Store;
using Qualm.Store.Reading;

namespace Qualm.Engine.Spooling;

/// <summary>Where the part of an epoch ends in the log.</summary>
/// <param name="Clock">The highest stamp committed in it.</param>
/// <param name="Position">Everything of later epochs is at or behind it.</param>
internal sealed record EpochEnd(Instant Clock, Position Position)
{
    /// <summary>Every engine records its start before anything else of its own, a microsecond behind the clock that it found.</summary>
    /// <returns>Null when no later engine has written.</returns>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public static async Task<EpochEnd?> FindAsync(LogReader reader, long epoch, CancellationToken cancellationToken)
    {
        await foreach (var batch in reader.ReadStreamAsync(StreamName.Engine, 1, new LogQuery { Kinds = LogKinds.Engine }, cancellationToken))
        {
            foreach (ref readonly var row in batch.Rows)
            {
                if (row.Headers.Epoch > epoch && row.Type is ("engine_stopped" or "engine_started"))
                    return new EpochEnd(new Instant(row.Recorded.Micros - 1), row.Position);
            }
        }

        return null;
    }
}
