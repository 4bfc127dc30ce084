namespace Qualm.Store.Writing;

/// <summary>How a <see cref="TurnWriter"/> behaves.</summary>
public sealed record TurnWriterOptions
{
    /// <summary>How long to wait for another engine to let go of the store; zero fails at once. Default 3 s, which a killed engine's connection may take to be noticed.</summary>
    public TimeSpan TakeoverPatience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a commit whose connection was lost asks what became of it before it gives up. Default 10 s.</summary>
    public TimeSpan RecoveryPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a start waits for other applications' open appends before it leaves their holes alone. Default 5 s.</summary>
    public TimeSpan ForeignPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Turns with more events than this go through COPY. Default 200.</summary>
    public int CopyAbove { get; init; } = 200;
}
