using Qualm.Ingest.Sources;

namespace Qualm.Ingest.Pipeline;

/// <summary>
/// Folds equal events of one source once they come faster than its budget, and passes all others on as they are. What it
/// gives is in the order of receipt, that of the last event for those that became one. Has no clock: times are microseconds
/// of a clock that never falls. For one thread at a time.
/// </summary>
/// <remarks>
/// Runs are closed together, as soon as the budget pays for them, and when the eldest has reached its longest. An event
/// that does not belong to a run is given behind all of them.
/// </remarks>
/// <param name="give">Takes what leaves, in order.</param>
internal sealed class FloodFold(FloodOptions options, Action<Arrival> give)
{
    private readonly long _longest = options.Longest.Ticks / TimeSpan.TicksPerMicrosecond;
    private readonly List<Run> _runs = [];
    private Allowance _budget = new(options.Budget, options.Budget);

    // What comes; once it is exhausted, it is a flood until nothing like it has come for a while, since floods come in bursts.
    private Allowance _pace = new((long)options.Budget * options.FloodFactor, options.Budget);
    private long _floodUntil;
    private long _begun;

    // The event given last, when there was nothing left of the budget behind it.
    private SourceItem.Event? _given;

    /// <summary>Runs under way.</summary>
    public int Open => _runs.Count;

    /// <summary>When the runs under way must be closed, unless events close them before; <see cref="long.MaxValue"/> when there are none.</summary>
    /// <param name="pressed">As for <see cref="TryTake"/>.</param>
    public long Due(long now, bool pressed)
    {
        if (_runs.Count == 0) return long.MaxValue;
        var end = _begun + _longest;
        if (pressed) return end;
        _budget.At(now);
        return Math.Min(end, now + _budget.Until(_runs.Count));
    }

    /// <param name="pressed">There is hardly room: whatever can be folded is, and runs last as long as they may.</param>
    /// <param name="room">Whether anything may be given, or a run begun.</param>
    /// <returns>False when the event would need room and there is none; nothing has happened then.</returns>
    public bool TryTake(SourceItem.Event e, long now, bool pressed, bool room)
    {
        CloseDue(now, pressed);
        if (_pace.At(now) == 0) _floodUntil = now + _longest;
        var calm = now >= _floodUntil;
        if (_runs.Count == 0 && !pressed && _budget.At(now) is > 0 and var tokens)
        {
            if (!room) return false;
            _pace.Take(1);
            _budget.Take(1);
            give(new(e, now));
            _given = tokens == 1 ? e : null;
            return true;
        }

        var hash = Content.HashOf(e.Received);
        if (Find(e, hash, now, lastOnly: calm && !pressed) is { } at and >= 0)
        {
            var run = _runs[at];
            run.Join(e, now);
            _runs.RemoveAt(at);
            _runs.Add(run);
            _pace.Take(1);
            return true;
        }

        if (!room) return false;
        _pace.Take(1);
        var repeats = _given is { } before && _runs.Count == 0 && Content.AreEqual(before.Received, e.Received);
        if ((repeats || !calm || pressed) && _runs.Count < options.MostRuns && !IsBehind(e, hash))
        {
            if (_runs.Count == 0) _begun = now;
            _runs.Add(new Run(e, hash, now));
            return true;
        }

        Close();
        give(new(e, now));
        _given = e;
        return true;
    }

    /// <summary>Closes the runs if they are due.</summary>
    public void CloseDue(long now, bool pressed)
    {
        if (_runs.Count > 0 && Due(now, pressed) <= now) Close();
    }

    /// <summary>Gives what is held.</summary>
    public void Close()
    {
        if (_runs.Count == 0) return;
        _budget.Take(_runs.Count);
        foreach (var run in _runs) give(run.Close());
        _given = _runs[^1].Last;
        _runs.Clear();
    }

    private int Find(SourceItem.Event e, int hash, long now, bool lastOnly)
    {
        for (var i = _runs.Count - 1; i >= (lastOnly ? Math.Max(0, _runs.Count - 1) : 0); i--)
        {
            if (_runs[i].Has(e, hash)) return _runs[i].Admits(e, now, _longest) ? i : -1;
        }

        return -1;
    }

    // A run of its content that does not admit it: its time has jumped. No two runs under way have one content.
    private bool IsBehind(SourceItem.Event e, int hash) => _runs.Exists(run => run.Has(e, hash));
}
