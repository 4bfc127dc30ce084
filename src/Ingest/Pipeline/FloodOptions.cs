namespace Qualm.Ingest.Pipeline;

/// <summary>When equal events of one source are folded into one.</summary>
public sealed record FloodOptions
{
    public static readonly FloodOptions Default = new();

    /// <summary>Events a second that a source has recorded one by one, sustained; as many again at once. From 1 to 1,000,000. Default 200.</summary>
    public int Budget { get; init; } = 200;

    /// <summary>Longest time from the first to the last of the events folded into one, and longest that one of them waits. Default 1 s.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Different contents folded at once. Default 64.</summary>
    public int MostRuns { get; init; } = 64;

    /// <summary>
    /// From this many budgets a second on, events that alternate are folded too, each kind with its own; below, only an event
    /// that repeats the one before it is. Default 20.
    /// </summary>
    public int FloodFactor { get; init; } = 20;
}
