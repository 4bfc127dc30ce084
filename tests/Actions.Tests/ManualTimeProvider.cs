namespace Qualm.Actions.Tests;

/// <summary>A clock that moves only when told to, firing due timers in order as it goes. Timers may be set from any thread.</summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly SortedSet<ManualTimer> _timers = new(Comparer<ManualTimer>.Create((a, b) => (a.Due, a.Id).CompareTo((b.Due, b.Id))));
    private DateTimeOffset _now = Some.Start;
    private int _nextId;

    /// <summary>How far the wall clock is off. The monotonic one and timers take no notice.</summary>
    public TimeSpan WallAhead { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now + WallAhead;
    }

    public override long GetTimestamp()
    {
        lock (_lock) return _now.Ticks;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, Interlocked.Increment(ref _nextId), () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        var end = new DateTimeOffset(GetTimestamp(), TimeSpan.Zero) + by;
        while (TakeDue(end) is { } due) due.Fire();
        lock (_lock) _now = end;
    }

    /// <summary>Lets time pass until the condition holds; fails when that takes too long by the real clock.</summary>
    public async Task AdvanceUntilAsync(Func<bool> condition, TimeSpan step)
    {
        var started = System.GetTimestamp();
        while (!condition())
        {
            System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(20), "what was waited for did not come");
            await Task.Delay(1);
            if (!condition()) Advance(step);
        }
    }

    private ManualTimer? TakeDue(DateTimeOffset end)
    {
        lock (_lock)
        {
            if (_timers.Min is not { } next || next.Due > end) return null;
            _timers.Remove(next);
            _now = next.Due;
            return next;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, int id, Action callback) : ITimer
    {
        private TimeSpan _period;

        public int Id => id;

        public DateTimeOffset Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                _period = newPeriod;
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = clock._now + dueTime;
                return clock._timers.Add(this);
            }
        }

        public void Fire()
        {
            if (_period > TimeSpan.Zero) Change(_period, _period);
            callback();
        }

        public void Dispose()
        {
            lock (clock._lock) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
