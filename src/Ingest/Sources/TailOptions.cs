using Qualm.Ingest.Qmp;

namespace Qualm.Ingest.Sources;

/// <summary>How a growing file is watched.</summary>
public sealed record TailOptions
{
    public static readonly TailOptions Default = new();

    /// <summary>How often the file is looked at when there was nothing new. Default 200 ms.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// After the file was replaced by an empty one, how long the old one must have been quiet before it is taken for finished:
    /// its writer may not have noticed yet. Default 5 s.
    /// </summary>
    public TimeSpan Farewell { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest line accepted, in bytes; longer ones are quarantined. Default 10 MiB.</summary>
    public int MaxLineBytes { get; init; } = JsonFramer.DefaultMaxBytes;

    /// <summary>Epochs of the file's origins are above this; a number that grows from run to run keeps the runs apart. Default 0.</summary>
    public long EpochsAbove { get; init; }
}
