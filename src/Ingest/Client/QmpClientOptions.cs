using Qualm.Ingest.Qmp;

namespace Qualm.Ingest.Client;

/// <summary>Patience and bounds of the monitors' connections.</summary>
public sealed record QmpClientOptions
{
    public static readonly QmpClientOptions Default = new();

    /// <summary>
    /// Monitors that are being connected and asked who they are at a time; the others wait for their turn. Default 64.
    /// </summary>
    public int DialledAtOnce { get; init; } = 64;

    /// <summary>A monitor that takes longer than this to be connected is not counted any more, so that a dead host holds up nobody. Default 250 ms.</summary>
    public TimeSpan DialShare { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait for the socket to accept. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait for the greeting. QEMU accepts a second client and never greets it. Default 5 s.</summary>
    public TimeSpan GreetingTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait for the answer to a command. Default 10 s.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// When whoever reads takes nothing for this long, the connection is given up and made anew, because QEMU
    /// buffers without bound. Noticed after at most twice this. Default 10 s.
    /// </summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// When whoever reads has been behind for this long, never once taking all that there was, the connection is given up
    /// and made anew for the same reason. A multiple of <see cref="StallLimit"/>. Default 60 s.
    /// </summary>
    public TimeSpan BehindLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest message accepted, in bytes. Default 10 MiB.</summary>
    public int MaxMessageBytes { get; init; } = JsonFramer.DefaultMaxBytes;

    /// <summary>Events held until the VM has said who it is; beyond, the connection is given up. Default 65,536.</summary>
    public int HeldEvents { get; init; } = 65_536;

    /// <summary>Bound of the first pause before connecting again; doubles. Default 100 ms.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Bound of the longest pause before connecting again. Default 30 s.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A connection that lived this long makes the next pause short again. Default 60 s.</summary>
    public TimeSpan SoundAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a path template is looked up for sockets that have appeared. Default 1 s.</summary>
    public TimeSpan DiscoveryInterval { get; init; } = TimeSpan.FromSeconds(1);
}
