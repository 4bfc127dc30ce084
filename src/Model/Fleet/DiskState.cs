namespace Qualm.Model;

/// <summary>One disk that had errors.</summary>
public sealed class DiskState
{
    /// <summary>BLOCK_IO_ERROR events, their weights added.</summary>
    public long Errors { get; internal set; }

    /// <summary>Whether the newest error was for want of space.</summary>
    public bool NoSpace { get; internal set; }

    /// <summary>Whether its image was found corrupted.</summary>
    public bool Corrupted { get; internal set; }

    /// <summary>Reason of the newest error; for people.</summary>
    public string LastReason { get; internal set; } = "";

    public Instant LastAt { get; internal set; }
}
