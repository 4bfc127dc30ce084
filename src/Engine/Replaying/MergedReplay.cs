using Qualm.Engine.Cli;
using Qualm.Engine.Turns;
using Qualm.Ingest.Sources;
using Qualm.Model;
using Qualm.Store.Reading;

namespace Qualm.Engine.Replaying;

/// <summary>Replays several files as one history, merged by event time. Positions are ordinals in the merged order, from 1.</summary>
internal static class MergedReplay
{
    /// <returns>Events read.</returns>
    public static async Task<long> RunAsync(
        Timeline timeline, IDecisionSink sink, string[] paths, FileNaming naming, LogQuery range, GarbageReport garbage, CancellationToken cancellationToken)
    {
        long ordinal = 0;
        var files = paths.Select(path => new FileSource(InputFile.Open(path), InputFile.NameOf(path), naming.For(InputFile.PathOf(path))).ReadAsync(cancellationToken));
        await foreach (var input in ForeignHistory.StampAsync([.. files], cancellationToken))
        {
            if (input is StampedInput.Garbage { Item: var item })
            {
                garbage.Add(item.Source, item.Line, item.Column, item.Reason);
                continue;
            }

            ordinal++;
            var e = (StampedInput.Event)input;
            if (e.At < range.Since || e.At >= range.Until) continue;
            timeline.Feed(e, new Position(ordinal), sink);
        }

        return ordinal;
    }
}
