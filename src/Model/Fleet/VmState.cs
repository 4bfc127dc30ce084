namespace Qualm.Model;

/// <summary>
/// The picture of one VM after the events folded so far. One object a VM, changed in place by the fold and by
/// nothing else; readers on other threads must be given a copy.
/// </summary>
/// <param name="index">Dense number of the VM in this process, from 0. Never an order, never stored.</param>
public sealed class VmState(string id, int index)
{
    /// <summary>How many of the last events are remembered.</summary>
    public const int LastEventsKept = 8;

    public string Id { get; } = id;

    public int Index { get; } = index;

    /// <summary>QEMU's <c>-name</c>; the id until QEMU told.</summary>
    public string Name { get; internal set; } = id;

    /// <summary>QEMU's uuid; empty until told.</summary>
    public string Uuid { get; internal set; } = "";

    /// <summary>QEMU's version, e.g. <c>7.2.22</c>; empty until told.</summary>
    public string QemuVersion { get; internal set; } = "";

    /// <summary>Null until somebody said where it runs.</summary>
    public HostState? Host { get; internal set; }

    /// <summary>QEMU's run state, e.g. <c>running</c>, <c>paused</c>, <c>io-error</c>; <c>unknown</c> until told, <c>gone</c> when the VM has ended.</summary>
    public string Status { get; internal set; } = "unknown";

    /// <summary>Event time at which it got its status.</summary>
    public Instant Since { get; internal set; }

    /// <summary>From the configuration; ordinal order of names.</summary>
    public SortedDictionary<string, string> Labels { get; } = new(StringComparer.Ordinal);

    public PanicState Panics { get; } = new();

    public MigrationState Migration { get; } = new();

    public JobsState Jobs { get; } = new();

    public BalloonState Balloon { get; } = new();

    public DumpState Dump { get; } = new();

    public QuorumState Quorum { get; } = new();

    public PortsState Ports { get; } = new();

    public UnplugState Unplug { get; } = new();

    public DisksState Disks { get; } = new();

    public MonitorState Monitor { get; } = new();

    /// <summary>RESET events seen. One reset of a machine makes several; see QMP.md.</summary>
    public long Resets { get; internal set; }

    /// <summary>WATCHDOG events seen.</summary>
    public long Watchdogs { get; internal set; }

    /// <summary>Events folded, their weights added.</summary>
    public long Events { get; internal set; }

    /// <summary>Event time of the newest event folded.</summary>
    public Instant LastAt { get; internal set; }

    /// <summary>Position of the event folded last; what a reader of the log goes on from.</summary>
    public Position LastPosition { get; internal set; }

    /// <summary>The newest events, oldest first, at most <see cref="LastEventsKept"/>.</summary>
    public Queue<LastEvent> LastEvents { get; } = new(LastEventsKept);
}
