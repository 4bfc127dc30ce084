namespace Qualm.Rules.Tests.Run;

/// <summary>
/// What a rule of one key over tumbling windows or sessions must decide when it ends with its condition, the slow and
/// obvious way: lists of events, worked out anew each time. In milliseconds.
/// </summary>
/// <param name="gap">Null for tumbling windows.</param>
/// <param name="longest">Length of a tumbling window; the most a session may last, null for no bound.</param>
internal sealed class SlowPanes(Func<IReadOnlyList<SlowWindow.Arrival>, bool> holds, bool onArrival, long? gap, long? longest, long lateness)
{
    private readonly List<List<SlowWindow.Arrival>> _windows = [];
    private readonly List<SlowWindow.Arrival> _held = [];
    private List<SlowWindow.Arrival>? _episode;
    private SlowWindow.Arrival? _last;
    private long _emptyFrom = long.MinValue;
    private long _frontier = long.MinValue;
    private long _end = long.MinValue;
    private bool _open;
    private bool _holds;
    private long _now = long.MinValue;

    public List<string> Lines { get; } = [];

    public void Arrive(SlowWindow.Arrival e)
    {
        AdvanceTo(e.Stamp);
        _now = e.Stamp;
        Take(e);
    }

    public void AdvanceTo(long stamp)
    {
        // What an event makes due in the past is due at its stamp: after whatever else has that stamp.
        while (Math.Max(_now, DueFirst()) is var due && due < stamp)
        {
            _now = due;
            if (onArrival) Fall();
            else JudgeDue();
        }
    }

    private long DueFirst() => !onArrival ? NextDue() : _open ? Due(_episode!) : long.MaxValue;

    private void Take(SlowWindow.Arrival e)
    {
        if (!onArrival)
        {
            if (_open || e.At >= _end) Place(e);
        }
        else if (!_open)
        {
            if (e.At < _end) return;
            foreach (var over in _windows.Where(w => Due(w) < _now).ToArray())
            {
                foreach (var w in _windows.Where(w => w[0].At <= over[0].At).ToArray()) Close(w);
            }

            if (Place(e) is { } window && holds(window)) Open(window);
        }
        else if (IsPast(_episode!, e.At))
        {
            _held.Add(e);
        }
        else
        {
            Place(e);
            while (_held.Where(h => !IsPast(_episode!, h.At)).OrderBy(h => h.At).ThenBy(h => h.Position).FirstOrDefault() is { } first)
            {
                _held.Remove(first);
                Place(first);
            }
        }
    }

    private void Open(List<SlowWindow.Arrival> window)
    {
        var until = window.Select(e => e.At).First(t => holds([.. window.Where(e => e.At <= t)]));
        var later = window.Where(e => e.At > until).ToArray();
        window.RemoveAll(e => e.At > until);
        Fires(until, window);
        (_open, _episode) = (true, window);
        foreach (var e in later) Take(e);
    }

    private void Fall()
    {
        var window = _episode!;
        _end = End(window);
        Lines.Add($"resolved Rule [vm-1] at {_end} decided {_now} because {window[^1].Position} condition");
        foreach (var w in _windows.Where(w => w[0].At <= window[0].At).ToArray()) Close(w);
        (_open, _episode) = (false, null);
        var held = _held.OrderBy(e => e.At).ThenBy(e => e.Position).ToArray();
        _held.Clear();
        foreach (var e in held) Take(e);
    }

    private long NextDue() => _windows.Select(Due).Append(EmptyDue()).Min();

    private void JudgeDue()
    {
        var due = NextDue();
        var until = _windows.Where(w => Due(w) <= due).Select(End).Append(EmptyDue() <= due ? EmptyEnd : long.MinValue).Max();
        while (true)
        {
            var first = _windows.OrderBy(w => w[0].At).FirstOrDefault();
            if (EmptyDue() < long.MaxValue && EmptyEnd <= until) Judge(null, EmptyEnd);
            else if (first is not null && End(first) <= until) Judge(first, End(first));
            else return;
        }
    }

    private long EmptyEnd => _emptyFrom + (longest ?? 0);

    private long EmptyDue() =>
        gap is not null || _last is null || _emptyFrom == long.MinValue || _windows.Any(w => End(w) <= EmptyEnd) || holds([]) == _holds
            ? long.MaxValue
            : _last.Stamp + EmptyEnd - _last.At + lateness;

    private void Judge(List<SlowWindow.Arrival>? window, long at)
    {
        var now = holds(window ?? []);
        if (window is not null) _last = window[^1];
        if (!_open && now && !_holds)
        {
            Fires(at, window ?? [_last!]);
            _open = true;
        }
        else if (_open && !now)
        {
            Lines.Add($"resolved Rule [vm-1] at {at} decided {_now} because {_last!.Position} condition");
            (_open, _end) = (false, at);
        }

        _holds = now;
        _emptyFrom = window is null ? long.MinValue : at;
        if (window is not null) Close(window);
        else _frontier = Math.Max(_frontier, at);
    }

    private void Fires(long at, List<SlowWindow.Arrival> window) =>
        Lines.Add($"firing Rule [vm-1] at {at} decided {_now} because {string.Join(',', window.Select(e => e.Position).Order())}");

    // Into its window, unless that is closed; sessions become one where they meet.
    private List<SlowWindow.Arrival>? Place(SlowWindow.Arrival e)
    {
        var window = _windows.Where(w => Takes(w, e.At)).MinBy(w => w[0].At);
        if (e.At < _frontier && !(window is not null && window[0].At <= e.At)) return null;
        if (window is null) _windows.Add(window = []);
        window.Add(e);
        Sort(window);
        var next = gap is null ? null : _windows.Where(w => w[0].At > window[^1].At && w[0].At - window[^1].At <= gap && w[^1].At - window[0].At <= (longest ?? long.MaxValue)).MinBy(w => w[0].At);
        if (next is null) return window;
        window.AddRange(next);
        Sort(window);
        _windows.Remove(next);
        if (_episode == next) _episode = window;
        return window;
    }

    private static void Sort(List<SlowWindow.Arrival> window) => window.Sort((a, b) => (a.At, a.Position).CompareTo((b.At, b.Position)));

    private bool Takes(List<SlowWindow.Arrival> window, long at)
    {
        if (gap is null) return at / longest == window[0].At / longest;
        return at >= window[0].At - gap && at <= window[^1].At + gap && Math.Max(at, window[^1].At) - Math.Min(at, window[0].At) <= (longest ?? long.MaxValue);
    }

    private long End(List<SlowWindow.Arrival> window) =>
        gap is null ? ((window[0].At / longest!.Value) + 1) * longest.Value : Math.Min(window[^1].At + gap.Value, longest is { } most ? window[0].At + most : long.MaxValue);

    private bool IsPast(List<SlowWindow.Arrival> window, long at) => gap is null ? at >= End(window) : at > End(window);

    private long Due(List<SlowWindow.Arrival> window) => window[^1].Stamp + End(window) - window[^1].At + lateness;

    private void Close(List<SlowWindow.Arrival> window)
    {
        _frontier = Math.Max(_frontier, End(window) + (gap is null ? 0 : 1));
        _windows.Remove(window);
    }
}
