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

    public StampedInput.Event Stamp(ReceivedEvent received) => Stamp(received, 1, null, default);

    /// <summary>Stamps an event that stands for several equal ones, the last of which it is.</summary>
    /// <param name="first">QEMU's time of the first; null when it gave none.</param>
    /// <param name="span">From the receipt of the first to that of the last.</param>
    public StampedInput.Event Stamp(ReceivedEvent received, long weight, Instant? first, TimeSpan span)
    {
        var stamp = _clock.Next();
        var (at, marks) = received.Event.EventTime is not { } time ? (stamp, EventMarks.NoTime)
            : received.Origin.Live && !Trust(received.Origin).Judge(time, stamp, _maxSkew) ? (stamp, EventMarks.UntrustedTime)
            : (time, EventMarks.None);
        return weight == 1
            ? new(stamp, received, at, marks, 1)
            : new(stamp, received, at, marks | EventMarks.Folded, weight) { First = marks == EventMarks.None ? first : at - span };
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
