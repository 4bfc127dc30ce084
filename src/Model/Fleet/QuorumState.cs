namespace Qualm.Model;

/// <summary>Quorum block devices of one VM.</summary>
public sealed class QuorumState
{
    /// <summary>What every VM shows that never had any; never changed.</summary>
    internal static readonly QuorumState None = new();

    /// <summary>Children that returned bad data, by node name; ordinal order.</summary>
    public NamedStates<QuorumChildState> Children { get; } = new();

    /// <summary>QUORUM_FAILURE events.</summary>
    public long Failures { get; internal set; }

    /// <summary>Event time of the newest failure; the epoch while there was none.</summary>
    public Instant LastFailureAt { get; internal set; }
}
