using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>Copies of events that are held back for a while, whose memory serves again.</summary>
internal sealed class RetainedEvents
{
    private readonly Stack<RetainedEvent> _free = new();

    /// <param name="value">What the operator read off it.</param>
    public RetainedEvent Take(in EventView e, long value = 0)
    {
        if (!_free.TryPop(out var free)) return new RetainedEvent(e, value);
        free.Take(e, value);
        return free;
    }

    /// <summary>Takes one back; nobody may look at it, or at what it shows, any more.</summary>
    public void Give(RetainedEvent e)
    {
        e.Forget();
        _free.Push(e);
    }
}
