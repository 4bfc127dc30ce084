using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>Copies of events beside the entries of a pool, by their numbers.</summary>
internal static class SavedEvents
{
    // What one takes at least, in bytes.
    private const int LeastSize = 72;

    public static void Write(StateSaver to, Dictionary<int, RetainedEvent> events, EntryPool pool) => Write(to, events, static e => e, pool);

    /// <remarks>Turns wait, and millions of them lie all over the memory: each is fetched while others are written.</remarks>
    public static void Write<T>(StateSaver to, Dictionary<int, T> events, Func<T, RetainedEvent> of, EntryPool pool)
    {
        to.Write(events.Count);
        var next = new (int Index, RetainedEvent Event)[Ahead.Batch];
        for (var index = 0; events.Count > 0 && index < pool.Bound;)
        {
            var count = 0;
            for (; count < next.Length && index < pool.Bound; index++)
            {
                if (!events.TryGetValue(index, out var e)) continue;
                next[count] = (index, of(e));
                Ahead.Fetch(next[count++].Event, RetainedEvent.Lines);
            }

            foreach (var (_, e) in next.AsSpan(0, count)) e.FetchBytes();
            foreach (var (at, e) in next.AsSpan(0, count))
            {
                to.Write(at);
                e.Save(to);
            }
        }
    }

    public static Dictionary<int, RetainedEvent> Read(StateLoader from, EntryPool pool)
    {
        var left = from.Reader.ReadCount(LeastSize);
        var events = new Dictionary<int, RetainedEvent>(left);
        for (; left > 0; left--) events[from.Index(pool.Bound)] = RetainedEvent.Load(from);
        return events;
    }
}
