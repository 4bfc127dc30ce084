using System.Runtime.CompilerServices;
using Qualm.Model;

namespace Qualm.Ingest.Sources;

/// <summary>
/// Files of events that happened elsewhere, as one sequence of inputs: merged by event time, stable by file and line, and
/// stamped with the highest event time read. Pure; memory stays flat.
/// </summary>
public static class ForeignHistory
{
    /// <summary>Items looked ahead in one file for its first time, or for one that confirms a step. Default bound.</summary>
    public const int MostAhead = 100_000;

    /// <param name="files">In the order in which equal times are to stand.</param>
    /// <returns>Events and garbage; stamps never decrease.</returns>
    public static async IAsyncEnumerable<StampedInput> StampAsync(
        IReadOnlyList<IAsyncEnumerable<SourceItem>> files, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var open = files.Select(items => new HistoryFile(items, MostAhead, cancellationToken)).ToList();
        try
        {
            var heads = new PriorityQueue<int, (Instant At, int File)>();
            for (var i = 0; i < open.Count; i++)
            {
                if (await open[i].MoveAsync()) heads.Enqueue(i, (open[i].Time.At, i));
            }

            var clock = Instant.MinValue;
            while (heads.TryDequeue(out var i, out _))
            {
                // The same file goes on while none of the others comes before it.
                bool more;
                do
                {
                    clock = Instant.Max(clock, open[i].Time.Stamp);
                    yield return Input(open[i], clock);
                    more = await open[i].MoveAsync();
                }
                while (more && !(heads.TryPeek(out _, out var other) && other.CompareTo((open[i].Time.At, i)) < 0));

                if (more) heads.Enqueue(i, (open[i].Time.At, i));
            }
        }
        finally
        {
            foreach (var file in open) await file.DisposeAsync();
        }
    }

    private static StampedInput Input(HistoryFile file, Instant clock) => file.Item switch
    {
        SourceItem.Event e => new StampedInput.Event(
            clock, e.Received, file.Time.At, file.Time.HadNone ? EventMarks.NoTime : EventMarks.None, Weight: 1),
        SourceItem.Garbage garbage => new StampedInput.Garbage(clock, garbage.Item),
        _ => throw new InvalidOperationException($"unknown item {file.Item.GetType().Name}"),
    };
}
