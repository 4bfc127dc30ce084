namespace Qualm.Ingest.Pipeline;

/// <summary>How stamps follow the wall clock and when QEMU's clock is believed.</summary>
public sealed record SequencerOptions
{
    public static readonly SequencerOptions Default = new();

    /// <summary>Farther than this from receipt, QEMU's time is not trusted; within half of it, it is again. Default 60 s.</summary>
    public TimeSpan MaxClockSkew { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A wall clock that moved this much against the monotonic one between two looks has stepped. Default 500 ms.</summary>
    public TimeSpan StepThreshold { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often the wall clock is looked at, when there are inputs. Default 100 ms.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromMilliseconds(100);
}
