namespace Qualm.Rules.Tests.Run;

/// <summary>
/// What a window rule of one key that ends with its condition must decide, the slow and obvious way: a function
/// over all events of (t - within, t], computed anew at each moment. In milliseconds.
/// </summary>
internal sealed class SlowWindow(Func<IReadOnlyList<SlowWindow.Arrival>, bool> holds, bool empties, long within, long lateness)
{
    public sealed record Arrival(long At, long Stamp, long Position, long Weight, long Value);

    private readonly List<Arrival> _events = [];
    private readonly SortedSet<(long Due, long At)> _due = [];
    private (long From, long End)? _closed;
    private long _settled = long.MinValue / 2;
    private bool _open;
    private bool _held;
    private long _now;

    public List<string> Lines { get; } = [];

    public void Arrive(Arrival e)
    {
        AdvanceTo(e.Stamp);
        if (empties && !_open && _closed is var (from, end) && e.At >= from && e.At <= end) return;
        if (e.At <= _settled - within) return;
        _events.Add(e);
        if (e.At > _settled) _due.Add((e.Stamp + lateness, e.At));
        _due.Add((e.Stamp + within + lateness, e.At + within));
    }

    public void AdvanceTo(long stamp)
    {
        while (_due.Count > 0 && _due.Min is var (due, at) && due < stamp)
        {
            _due.Remove(_due.Min);
            _now = due;
            foreach (var t in _events.SelectMany(e => new[] { e.At, e.At + within }).Where(t => t > _settled && t <= at).Distinct().Order().ToArray()) Judge(t);
            _settled = Math.Max(_settled, at);
        }
    }

    private void Judge(long t)
    {
        _settled = t;
        var moved = _events.Any(e => e.At == t || e.At + within == t);
        if (!moved) return;
        var window = _events.Where(e => e.At > t - within && e.At <= t).OrderBy(e => e.At).ThenBy(e => e.Position).ToArray();
        var last = _events.Where(e => e.At == t).OrderBy(e => e.Position).LastOrDefault() ?? _events.Where(e => e.At + within == t).OrderBy(e => e.Position).Last();
        var now = holds(window);
        if (!_open && now && !_held)
        {
            long[] because = window.Length == 0 ? [last.Position] : [.. window.Select(e => e.Position).Order()];
            Lines.Add($"firing Rule [vm-1] at {t} decided {_now} because {string.Join(',', because)}");
            _open = true;
            _closed = (t - within + 1, long.MaxValue);
        }
        else if (_open && !now)
        {
            Lines.Add($"resolved Rule [vm-1] at {t} decided {_now} because {last.Position} condition");
            _open = false;
            _closed = (_closed!.Value.From, t - 1);
            if (empties)
            {
                _events.RemoveAll(e => e.At < t);
                _held = false;
                return;
            }
        }

        _held = now;
    }
}
