namespace Qualm.Engine.Spooling;

/// <summary>Bounds and patience of the spool.</summary>
internal sealed record SpoolOptions
{
    public const long DefaultLimit = 1L << 30;

    /// <summary>Bytes from which on monitors are disconnected; what is on its way then may still come, up to an eighth more. Default 1 GiB.</summary>
    public long Limit { get; init; } = DefaultLimit;

    /// <summary>Free bytes of the disk that are left to others: below them the spool is as full as over its limit. Default 128 MiB.</summary>
    public long FreeDisk { get; init; } = 128L << 20;

    /// <summary>Bytes of a segment file, but for its last inputs: a sixteenth of the limit, 16 MiB at most.</summary>
    public long SegmentSize => Math.Clamp(Limit / 16, 16L << 10, 16L << 20);

    /// <summary>How long a turn may be on its way before what follows it goes to the spool. Default 3 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long the store may be away before people are told. Default 10 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often people are told again. Default 15 min.</summary>
    public TimeSpan Reminder { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a service that is told to stop waits for a store that is away. Default 5 s.</summary>
    public TimeSpan Farewell { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes over which growing files wait: they keep what they have.</summary>
    public long FilesWaitAbove => Limit / 2;

    /// <summary>Bytes below which monitors are connected again.</summary>
    public long ResumeBelow => Limit / 2;

    /// <summary>Bytes over which nothing more is taken.</summary>
    public long Most => Limit + (Limit / 8);
}
