namespace Qualm.Rules.Run;

/// <summary>Copies of events beside the entries of a pool, by their numbers.</summary>
internal static class SavedEvents
{
    public static void Write(StateSaver to, Dictionary<int, RetainedEvent> events, EntryPool pool)
    {
        to.Write(events.Count);
        for (var index = 0; events.Count > 0 && index < pool.Bound; index++)
        {
            if (!events.TryGetValue(index, out var e)) continue;
            to.Write(index);
            e.Save(to);
        }
    }

    public static Dictionary<int, RetainedEvent> Read(StateLoader from, EntryPool pool)
    {
        var events = new Dictionary<int, RetainedEvent>();
        for (var left = from.Reader.ReadCount(); left > 0; left--) events[from.Index(pool.Bound)] = RetainedEvent.Load(from);
        return events;
    }
}
