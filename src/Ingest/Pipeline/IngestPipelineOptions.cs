namespace Qualm.Ingest.Pipeline;

/// <summary>Bounds of the pipeline's queues and windows.</summary>
public sealed record IngestPipelineOptions
{
    public static readonly IngestPipelineOptions Default = new();

    /// <summary>Items held for each source before its reading pauses; of what can be folded twice as many. Default 1,024.</summary>
    public int SourceCapacity { get; init; } = 1024;

    /// <summary>Bytes held for each source before its reading pauses, but for one item; of what can be folded twice as many. Default 8 MiB.</summary>
    public long SourceBytes { get; init; } = 8 << 20;

    /// <summary>When equal events are folded into one; null: never.</summary>
    public FloodOptions? Flood { get; init; } = FloodOptions.Default;

    /// <summary>Items one source may pass before the next one's turn. Default 32.</summary>
    public int Quantum { get; init; } = 32;

    /// <summary>Inputs that close a window. Default 4,096.</summary>
    public int WindowCount { get; init; } = 4096;

    /// <summary>Age at which a window closes that nobody asked for. Default 20 ms.</summary>
    public TimeSpan WindowAge { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Closed windows held before the sources wait. Default 4.</summary>
    public int WindowCapacity { get; init; } = 4;

    /// <summary>Longest time without an input; a tick ends it. Default 250 ms.</summary>
    public TimeSpan TickInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>First pause before a faulting source is read again; doubles up to <see cref="LongestRestart"/>. Default 100 ms.</summary>
    public TimeSpan FirstRestart { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Default 30 s.</summary>
    public TimeSpan LongestRestart { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>VMs counted in one minute; what the others send is counted under <see cref="VmMinute.Others"/>. Default 200,000.</summary>
    public int ActivityCapacity { get; init; } = 200_000;
}
