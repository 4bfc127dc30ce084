using Microsoft.Extensions.Logging;
using Qualm.Engine.Turns;
using Qualm.Model;
using Qualm.Store;
using Qualm.Store.Reading;

namespace Qualm.Engine.Spooling;

/// <summary>
/// What earlier engines of this data folder left in their spools. As long as no other engine has written since, it is the log's head and
/// is taken in as if the store had never been away; else its events are late ones.
/// </summary>
/// <param name="identity">Of the store.</param>
/// <param name="epoch">Of this engine, above theirs.</param>
internal sealed class Leftovers(
    string root, StoreHost store, string identity, long epoch, TurnLoop loop, Func<Instant> committed, SpoolMetrics metrics, TimeProvider time, ILogger logger)
{
    private const int AtOnce = 16_384;

    private readonly HashSet<(long Epoch, string Why)> _said = [];

    /// <summary>Takes in what is the log's head, before anything else is recorded.</summary>
    public Task TakeHeadAsync(CancellationToken cancellationToken) => EachAsync(
        async (folder, end) =>
        {
            if (end is not null) return;
            Log.TakingHead(logger, folder.Epoch);
            await new HeadIntake(folder, identity, epoch, loop, committed(), metrics, logger).RunAsync(AtOnce, cancellationToken);
        },
        cancellationToken);

    /// <summary>Takes in the events of the others, once this engine's start is on record.</summary>
    public Task TakeLateAsync(CancellationToken cancellationToken) => TakeLateAsync(new LoopSink(loop, committed, time), cancellationToken);

    /// <inheritdoc cref="TakeLateAsync(CancellationToken)"/>
    public Task TakeLateAsync(ILateSink sink, CancellationToken cancellationToken) => EachAsync(
        async (folder, end) =>
        {
            if (end is null) return;
            Log.TakingLate(logger, folder.Epoch);
            await new LateIntake(folder, identity, end, new RecordedIds(store), sink, metrics, logger).RunAsync(AtOnce, cancellationToken);
        },
        cancellationToken);

    private async Task EachAsync(Func<SpoolFolder, EpochEnd?, Task> take, CancellationToken cancellationToken)
    {
        foreach (var left in SpoolFolder.Epochs(root).Where(e => e < epoch))
        {
            try
            {
                using var folder = SpoolFolder.Take(root, left);
                if (folder.Segments().Count > 0) await take(folder, await EpochEnd.FindAsync(new LogReader(store), left, cancellationToken));
            }
            catch (SpoolInUseException e)
            {
                if (_said.Add((left, e.Message))) Log.SpoolInUse(logger, Path.Combine(root, $"{left}"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                if (_said.Add((left, e.Message))) Log.SpoolPassedOver(logger, Path.Combine(root, $"{left}"), e.Message);
            }
        }
    }
}
