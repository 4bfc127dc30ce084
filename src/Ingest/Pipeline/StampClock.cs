using Qualm.Model;

namespace Qualm.Ingest.Pipeline;

/// <summary>
/// Recorded time: the wall clock read once, carried on by the monotonic clock and drawn towards the wall clock by at
/// most 500 parts in a million. For one thread at a time.
/// </summary>
internal sealed class StampClock
{
    private const long SlewDivisor = 2000;

    private readonly TimeProvider _time;
    private readonly Action<ClockStepped>? _stepped;
    private readonly long _threshold;
    private readonly long _lookEvery;
    private readonly long _startTicks;
    private readonly long _base;
    private long _slewed;
    private long _lookedAt;
    private long _wallAhead;
    private long _last;

    /// <param name="logClock">The highest stamp on record; the first stamp is behind it.</param>
    public StampClock(TimeProvider time, Instant logClock, SequencerOptions options, Action<ClockStepped>? stepped)
    {
        _time = time;
        _stepped = stepped;
        _threshold = options.StepThreshold.Ticks / TimeSpan.TicksPerMicrosecond;
        _lookEvery = options.LookEvery.Ticks / TimeSpan.TicksPerMicrosecond;
        _startTicks = time.GetTimestamp();
        var wall = Instant.From(time.GetUtcNow()).Micros;
        _last = logClock.Micros;
        _base = Math.Max(wall, _last + 1);
        _wallAhead = wall - _base;
        if (-_wallAhead >= _threshold) Report(_base, _wallAhead);
    }

    /// <summary>The highest stamp given, or the log's clock before the first.</summary>
    public Instant Last => new(_last);

    /// <summary>How long ago the highest stamp was given.</summary>
    public TimeSpan SinceLast => TimeSpan.FromMicroseconds(_base + Elapsed + _slewed - _last);

    private long Elapsed => _time.GetElapsedTime(_startTicks).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>A stamp later than all before it.</summary>
    public Instant Next()
    {
        var elapsed = Elapsed;
        if (elapsed - _lookedAt >= _lookEvery) Look(elapsed);
        _last = Math.Max(_last + 1, _base + elapsed + _slewed);
        return new(_last);
    }

    private void Look(long elapsed)
    {
        var since = elapsed - _lookedAt;
        var now = _base + elapsed + _slewed;
        var ahead = Instant.From(_time.GetUtcNow()).Micros - now;
        var moved = ahead - _wallAhead;
        _lookedAt = elapsed;
        var most = since / SlewDivisor;
        var slew = Math.Clamp(ahead, -most, most);
        _slewed += slew;
        _wallAhead = ahead - slew;
        if (Math.Abs(moved) >= _threshold) Report(now, moved);
    }

    private void Report(long now, long moved) =>
        _stepped?.Invoke(new(new(now), TimeSpan.FromMicroseconds(moved), TimeSpan.FromMicroseconds(_wallAhead)));
}
