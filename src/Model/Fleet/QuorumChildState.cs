namespace Qualm.Model;

/// <summary>One child of a quorum that returned bad data.</summary>
public sealed class QuorumChildState
{
    /// <summary>QUORUM_REPORT_BAD events for it.</summary>
    public long Bad { get; internal set; }

    /// <summary>Operation of the newest one: <c>read</c>, <c>write</c>, <c>flush</c>; empty when QEMU did not say.</summary>
    public string LastType { get; internal set; } = "";

    /// <summary>Error text of the newest one; empty when the data merely differed.</summary>
    public string LastError { get; internal set; } = "";

    public Instant LastAt { get; internal set; }
}
