using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>What one open episode knows of one way in which it may end. Event times and stamps in microseconds.</summary>
internal sealed class Ending
{
    /// <summary>Something that may end it.</summary>
    /// <param name="Holds">For states: whether the condition holds from there on.</param>
    /// <param name="Arrived">For states: whether an event came there, so that nothing has to settle.</param>
    public readonly record struct Moment(long At, long Stamp, long Position, bool Holds = true, bool Arrived = true);

    private readonly List<Moment> _moments = [];
    private long _newest = long.MinValue;

    /// <summary>When the subject was first seen to be gone; null while it is there.</summary>
    public Moment? Gone { get; set; }

    /// <summary>Nothing is known; its memory stays.</summary>
    public void Clear()
    {
        _moments.Clear();
        (_newest, Gone) = (long.MinValue, null);
    }

    /// <summary>An event that ends it if no match follows for long enough.</summary>
    public void Add(Moment ender)
    {
        var place = _moments.Count;
        while (place > 0 && (_moments[place - 1].At, _moments[place - 1].Position).CompareTo((ender.At, ender.Position)) > 0) place--;
        _moments.Insert(place, ender);
    }

    /// <summary>The first such event after the last match; null when there is none.</summary>
    public Moment? FirstAfter(long at, long position)
    {
        var passed = 0;
        while (passed < _moments.Count && (_moments[passed].At, _moments[passed].Position).CompareTo((at, position)) <= 0) passed++;
        _moments.RemoveRange(0, passed);
        return _moments.Count == 0 ? null : _moments[0];
    }

    /// <summary>Puts what an event says of the state, now and later, in place of what was thought from there on.</summary>
    /// <param name="ender">The event; out of order it counts as of the newest one, since the state is the one of now.</param>
    public void Plan(StateTest when, in EventView e, Moment ender)
    {
        var at = Math.Max(ender.At, _newest);
        _newest = at;
        Span<long> changes = stackalloc long[when.Limits.Length * 2];
        if (changes.Length > 0)
        {
            when.Changes(e, changes);
            changes.Sort();
        }

        var kept = _moments.Count;
        while (kept > 0 && _moments[kept - 1].At >= at) kept--;
        var before = kept == _moments.Count ? [] : _moments[kept..];
        _moments.RemoveRange(kept, _moments.Count - kept);
        Put(when, e, ender with { At = at }, before);
        foreach (var change in changes)
        {
            if (change > at && change != long.MaxValue) Put(when, e, new Moment(change, ender.Stamp + (change - ender.At), ender.Position, Arrived: false), before);
        }
    }

    /// <summary>Judges what was planned for after a time again, by the state of now.</summary>
    public void Review(StateTest when, in EventView e, long after)
    {
        for (var i = 0; i < _moments.Count; i++)
        {
            if (_moments[i].At <= after) continue;
            var holds = when.Holds(e, new Instant(_moments[i].At));
            if (holds == (i > 0 && _moments[i - 1].Holds)) _moments.RemoveAt(i--);
            else _moments[i] = _moments[i] with { Holds = holds };
        }
    }

    /// <summary>The first stretch in which the condition holds for as long as it must.</summary>
    /// <param name="from">Before this it does not count. It never goes back.</param>
    /// <param name="held">How long it must, in microseconds; it ends it only if it does not fall at this very time.</param>
    /// <returns>Its beginning, and the time at which it has held for long enough.</returns>
    public (Moment Began, long End)? FirstStretch(long from, long held)
    {
        // Stretches that are over and were too short will not get longer.
        while (_moments.Count >= 2 && _moments[1].At < _newest && (!_moments[0].Holds || Math.Max(_moments[0].At, from) + held >= _moments[1].At)) _moments.RemoveAt(0);
        for (var i = 0; i < _moments.Count; i++)
        {
            if (!_moments[i].Holds) continue;
            var end = Math.Max(_moments[i].At, from) + held;
            if (i + 1 == _moments.Count || end < _moments[i + 1].At) return (_moments[i], end);
        }

        return null;
    }

    public void Save(StateSaver to)
    {
        to.Write(_newest);
        to.Write(Gone is not null);
        if (Gone is { } gone) Write(to, gone);
        to.Write(_moments.Count);
        foreach (var moment in _moments) Write(to, moment);
    }

    public static Ending Load(StateLoader from)
    {
        var ending = new Ending { _newest = from.Long(), Gone = from.Bool() ? Read(from) : null };
        for (var left = from.Reader.ReadCount(); left > 0; left--) ending._moments.Add(Read(from));
        return ending;
    }

    private static void Write(StateSaver to, in Moment moment)
    {
        to.Write(moment.At);
        to.Write(moment.Stamp);
        to.Write(moment.Position);
        to.Write(moment.Holds);
        to.Write(moment.Arrived);
    }

    private static Moment Read(StateLoader from) => new(from.Long(), from.Long(), from.Long(), from.Bool(), from.Bool());

    private void Put(StateTest when, in EventView e, Moment moment, List<Moment> before)
    {
        var holds = when.Holds(e, new Instant(moment.At));
        if (holds == (_moments.Count > 0 && _moments[^1].Holds)) return;

        // A moment that stays in the plan stays due when it was.
        foreach (var same in before)
        {
            if (same.At == moment.At && same.Holds == holds) moment = moment with { Stamp = Math.Min(same.Stamp, moment.Stamp), Position = same.Position, Arrived = same.Arrived };
        }

        _moments.Add(moment with { Holds = holds });
    }
}
