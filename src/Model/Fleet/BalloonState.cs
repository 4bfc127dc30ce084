namespace Qualm.Model;

/// <summary>Memory balloon of one VM.</summary>
public sealed class BalloonState
{
    /// <summary>What every VM shows that never had any; never changed.</summary>
    internal static readonly BalloonState None = new();

    /// <summary>Whether QEMU ever told.</summary>
    public bool Known { get; internal set; }

    /// <summary>RAM the guest has, in bytes; 0 until told.</summary>
    public long Actual { get; internal set; }

    /// <summary>Event time of the newest change.</summary>
    public Instant LastAt { get; internal set; }
}
