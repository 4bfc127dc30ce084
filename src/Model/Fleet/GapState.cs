namespace Qualm.Model;

/// <summary>
/// The newest stretch of time of which nothing is known of a VM: from the loss of its monitor until the state was asked
/// for again, or the VM was gone. A host has one while any of its VMs has. Follows from the log alone.
/// </summary>
public sealed class GapState
{
    /// <summary>What everything shows that never had any; never changed.</summary>
    public static readonly GapState None = new();

    /// <summary>Whether it lasts. Never for a VM that no monitor ever reached, nor for one that is gone.</summary>
    public bool Open { get; internal set; }

    /// <summary>Event time of the loss that began it.</summary>
    public Instant BeganAt { get; internal set; }

    /// <summary>The VM's status as it began; empty for a host.</summary>
    public string StatusBefore { get; internal set; } = "";

    /// <summary>Event time of what ended the newest gap that is over.</summary>
    public Instant EndedAt { get; internal set; }

    /// <summary>Stamp of what ended the newest gap that is over; the epoch before the first end.</summary>
    public Instant EndedStamp { get; internal set; }

    /// <summary>Position of what ended the newest gap that is over.</summary>
    public Position EndedBy { get; internal set; }

    /// <summary>Whether the newest gap was ended by the input of this stamp.</summary>
    public bool IsEndedBy(Instant stamp) => EndedStamp == stamp && !Open && EndedStamp != Instant.Epoch;

    internal void Begin(Instant at, string status)
    {
        if (Open) return;
        (Open, BeganAt, StatusBefore) = (true, at, status);
    }

    internal void End(Instant at, Instant stamp, Position by)
    {
        if (!Open) return;
        (Open, EndedAt, EndedStamp, EndedBy) = (false, at, stamp, by);
    }

    /// <summary>Ends with the last of several, whichever order they are told in.</summary>
    internal void Follow(GapState last)
    {
        Open = false;
        if (last.EndedStamp > EndedStamp) (EndedAt, EndedStamp, EndedBy) = (last.EndedAt, last.EndedStamp, last.EndedBy);
    }
}
