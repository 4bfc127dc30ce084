namespace Qualm.Rules.Run;

/// <summary>Copies of events beside the entries of a pool, by their numbers.</summary>
internal static class SavedEvents
{
    // What one takes at least, in bytes.
    private const int LeastSize = 60;

    public static void Write(StateSaver to, Dictionary<int, RetainedEvent> events, EntryPool pool) => Write(to, events, static e => e, pool);

    public static void Write<T>(StateSaver to, Dictionary<int, T> events, Func<T, RetainedEvent> of, EntryPool pool)
    {
        to.Write(events.Count);
        for (var index = 0; events.Count > 0 && index < pool.Bound; index++)
        {
            if (!events.TryGetValue(index, out var e)) continue;
            to.Write(index);
            of(e).Save(to);
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
