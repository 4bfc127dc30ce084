namespace Qualm.Model;

/// <summary>Device unplugs that the guest refused.</summary>
public sealed class UnplugState
{
    /// <summary>What every VM shows that never had any; never changed.</summary>
    internal static readonly UnplugState None = new();

    public long Errors { get; internal set; }

    /// <summary>Device of the newest one; empty while there was none.</summary>
    public string LastDevice { get; internal set; } = "";

    /// <summary>What was said of the newest one; empty when nothing was.</summary>
    public string LastMessage { get; internal set; } = "";

    public Instant LastAt { get; internal set; }
}
