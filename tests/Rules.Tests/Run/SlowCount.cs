namespace Qualm.Rules.Tests.Run;

/// <summary>
/// What a count rule of one key must decide, the slow and obvious way: all events are kept, and everything is
/// worked out anew from them each time. In milliseconds.
/// </summary>
internal sealed class SlowCount(long atLeast, long within, long? quiet, long lateness)
{
    public sealed record Arrival(long At, long Stamp, long Position, long Weight);

    private readonly List<Arrival> _events = [];
    private long? _openAt;
    private (long From, long End)? _closed;
    private long _now;

    public List<string> Lines { get; } = [];

    public void Arrive(Arrival e)
    {
        AdvanceTo(e.Stamp);
        Take(e);
    }

    public void AdvanceTo(long stamp)
    {
        while (_openAt is not null && End() is var (end, due, last) && Math.Max(due, _now) < stamp)
        {
            _now = Math.Max(due, _now);
            Lines.Add($"resolved Three [vm-1] at {end} decided {_now} because {last.Position} {(quiet is null ? "condition" : "quiet")}");
            _closed = (_openAt!.Value - (quiet is { } q ? Math.Max(q, within - 1) : within - 1), quiet is null ? end - 1 : end);
            _openAt = null;
            var rest = InOrder().Where(e => e.At > _closed.Value.End).ToArray();
            _events.Clear();
            foreach (var e in rest) Take(e);
        }

        _now = Math.Max(_now, stamp);
    }

    private void Take(Arrival e)
    {
        if (_openAt is null && _closed is var (from, end) && e.At >= from && e.At <= end) return;
        _events.Add(e);
        if (_openAt is not null) return;
        foreach (var t in _events.Select(x => x.At).Where(t => t >= e.At && t < e.At + within).Distinct().Order())
        {
            var window = InOrder().Where(x => x.At > t - within && x.At <= t).ToArray();
            if (window.Sum(x => x.Weight) < atLeast) continue;
            Lines.Add($"firing Three [vm-1] at {t} decided {_now} because {string.Join(',', window.Select(x => x.Position).Order())}");
            _openAt = t;
            _events.RemoveAll(x => x.At <= t - within);
            return;
        }
    }

    private (long End, long Due, Arrival Last) End()
    {
        if (quiet is { } length)
        {
            var last = InOrder().Last(e => e.At <= _openAt);
            foreach (var e in InOrder().Where(e => e.At > _openAt))
            {
                if (e.At <= last.At + length) last = e;
            }

            return (last.At + length, last.Stamp + length + lateness, last);
        }

        foreach (var exit in InOrder().Select(e => e.At).Distinct())
        {
            if (_events.Where(e => e.At > exit && e.At <= exit + within).Sum(e => e.Weight) >= atLeast) continue;
            return (exit + within, InOrder().Last(e => e.At == exit).Stamp + within + lateness, InOrder().Last(e => e.At < exit + within));
        }

        throw new InvalidOperationException("a window without an end");
    }

    private IEnumerable<Arrival> InOrder() => _events.OrderBy(e => e.At).ThenBy(e => e.Position);
}
