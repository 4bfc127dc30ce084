using System.Runtime.CompilerServices;
using Qualm.Model;

namespace Qualm.Ingest.Pipeline;

/// <summary>
/// Gives every input its stamp and every event its event time, once and for all. Stamps strictly increase. For one
/// thread at a time.
/// </summary>
public sealed class Sequencer
{
    private readonly ConditionalWeakTable<EventOrigin, TimeTrust> _trust = [];
    private readonly StampClock _clock;
    private readonly long _maxSkew;
    private EventOrigin? _lastOrigin;
    private TimeTrust? _lastTrust;

    /// <param name="logClock">The highest stamp on record; the first stamp is behind it, even when the wall clock is not.</param>
    /// <param name="stepped">Told when the wall clock jumps; called while stamping, so it must be quick.</param>
    public Sequencer(TimeProvider time, Instant logClock, SequencerOptions options, Action<ClockStepped>? stepped = null)
    {
        _clock = new(time, logClock, options, stepped);
        _maxSkew = options.MaxClockSkew.Ticks / TimeSpan.TicksPerMicrosecond;
    }

    /// <summary>The highest stamp given, or the log's clock before the first.</summary>
    public Instant Last => _clock.Last;

    /// <summary>How long ago the highest stamp was given, by the stamps' own clock.</summary>
    public TimeSpan SinceLast => _clock.SinceLast;

    /// <summary>A stamp later than all before it.</summary>
    public Instant Next() => _clock.Next();

    public StampedInput.Event Stamp(ReceivedEvent received)
    {
        var stamp = _clock.Next();
        var (at, marks) = received.Event.EventTime is not { } time ? (stamp, EventMarks.NoTime)
            : received.Origin.Live && !Trust(received.Origin).Judge(time, stamp, _maxSkew) ? (stamp, EventMarks.UntrustedTime)
            : (time, EventMarks.None);
        return new(stamp, received, at, marks, Weight: 1);
    }

    public StampedInput.Garbage Stamp(Quarantined item) => new(_clock.Next(), item);

    public StampedInput.Tick Tick() => new(_clock.Next());

    private TimeTrust Trust(EventOrigin origin)
    {
        if (!ReferenceEquals(origin, _lastOrigin))
        {
            _lastOrigin = origin;
            _lastTrust = _trust.GetOrCreateValue(origin);
        }

        return _lastTrust!;
    }
}
