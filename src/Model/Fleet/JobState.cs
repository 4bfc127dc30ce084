namespace Qualm.Model;

/// <summary>One background job.</summary>
public sealed class JobState
{
    /// <summary>QEMU's job status, e.g. <c>running</c>.</summary>
    public string Status { get; internal set; } = "undefined";

    /// <summary>Kind of the block job, e.g. <c>mirror</c>; empty until told.</summary>
    public string Type { get; internal set; } = "";

    /// <summary>Event time of the status.</summary>
    public Instant Since { get; internal set; }
}
