using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>So much weight of events in so long a window (t - within, t] and a count has something to decide.</summary>
/// <param name="AtLeast">In weights.</param>
/// <param name="Within">In microseconds.</param>
internal readonly record struct WindowLimit(long AtLeast, long Within)
{
    // Events that stand for several are added up one by one; beyond so many of them a list that knows its sum is faster.
    public const int MostWeighed = 64;

    /// <summary>Whether some window that an event is in may reach one of the limits; surely not when it says no.</summary>
    /// <param name="events">Those of the event's key, the event included.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyMayBeReached(ImmutableArray<WindowLimit> limits, EventLog.View events, in EventView e)
    {
        foreach (ref readonly var limit in limits.AsSpan())
        {
            if (events.Weight >= limit.AtLeast && limit.MayBeReached(events, e)) return true;
        }

        return false;
    }

    /// <summary>Whether some window that an event is in may reach the limit; surely not when it says no. For the newest event it is exact.</summary>
    public bool MayBeReached(EventLog.View events, in EventView e)
    {
        if (events.Weight < AtLeast) return false;
        var last = events.Count - 1;
        if (events[last].Position != e.Position.Value) return MayBeReachedAround(events, e.At.Micros);
        var from = events[last].At - Within;
        if (events.Weight == events.Count) return AtLeast <= 0 || events[events.Count - (int)AtLeast].At > from;
        if (AtLeast > MostWeighed) return true;
        var weight = 0L;
        for (var i = last; i >= 0 && events[i].At > from; i--)
        {
            weight += events[i].Weight;
            if (weight >= AtLeast) return true;
        }

        return false;
    }

    private bool MayBeReachedAround(EventLog.View events, long at)
    {
        var weight = 0L;
        for (var i = events.Count - 1; i >= 0 && events[i].At > at - Within; i--)
        {
            if (events[i].At < at + Within) weight += events[i].Weight;
            if (weight >= AtLeast) return true;
        }

        return false;
    }
}
