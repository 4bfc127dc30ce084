using Qualm.Model;

namespace Qualm.Ingest.Pipeline;

/// <summary>Whether the clock of one connection's QEMU is believed. Changes its mind with hysteresis.</summary>
internal sealed class TimeTrust
{
    private bool _trusted = true;

    /// <summary>Judges by the newest event and answers for that event.</summary>
    /// <param name="limit">Farthest a trusted clock may be from receipt, in microseconds.</param>
    public bool Judge(Instant eventTime, Instant stamp, long limit)
    {
        var bound = _trusted ? limit : limit / 2;
        _trusted = eventTime.Micros >= stamp.Micros - bound && eventTime.Micros <= stamp.Micros + bound;
        return _trusted;
    }
}
