using System.Collections.Immutable;

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

    // What most events touch takes no more, wherever the first begins.
    private const int Lines = 3;

    private readonly VmDetails _details = new() { Name = id };
    private JobsState? _jobs;
    private BalloonState? _balloon;
    private QuorumState? _quorum;
    private PortsState? _ports;
    private DisksState? _disks;
    private MonitorState? _monitor;
    private LastEvents? _lastEvents;

    public string Id { get; } = id;

    public int Index { get; } = index;

    /// <summary>QEMU's <c>-name</c>; the id until QEMU told.</summary>
    public string Name
    {
        get => _details.Name;
        internal set => _details.Name = value;
    }

    /// <summary>QEMU's uuid; empty until told.</summary>
    public string Uuid
    {
        get => _details.Uuid;
        internal set => _details.Uuid = value;
    }

    /// <summary>QEMU's version, e.g. <c>7.2.22</c>; empty until told.</summary>
    public string QemuVersion
    {
        get => _details.QemuVersion;
        internal set => _details.QemuVersion = value;
    }

    /// <summary>Null until somebody said where it runs.</summary>
    public HostState? Host { get; internal set; }

    /// <summary>QEMU's run state, e.g. <c>running</c>, <c>paused</c>, <c>io-error</c>; <c>unknown</c> until told, <c>gone</c> when the VM has ended.</summary>
    public string Status { get; internal set; } = "unknown";

    /// <summary>Event time at which it got its status.</summary>
    public Instant Since
    {
        get => _details.Since;
        internal set => _details.Since = value;
    }

    /// <summary>From the configuration; ordinal order of names. VMs of one source may share them.</summary>
    public ImmutableSortedDictionary<string, string> Labels
    {
        get => _details.Labels;
        internal set => _details.Labels = value;
    }

    public PanicState Panics => _details.Panics ?? PanicState.None;

    public MigrationState Migration => _details.Migration ?? MigrationState.None;

    public JobsState Jobs => _jobs ?? JobsState.None;

    public BalloonState Balloon => _balloon ?? BalloonState.None;

    public DumpState Dump => _details.Dump ?? DumpState.None;

    public QuorumState Quorum => _quorum ?? QuorumState.None;

    public PortsState Ports => _ports ?? PortsState.None;

    public UnplugState Unplug => _details.Unplug ?? UnplugState.None;

    public DisksState Disks => _disks ?? DisksState.None;

    public MonitorState Monitor => _monitor ?? MonitorState.None;

    /// <summary>RESET events seen. One reset of a machine makes several; see QMP.md.</summary>
    public long Resets
    {
        get => _details.Resets;
        internal set => _details.Resets = value;
    }

    /// <summary>WATCHDOG events seen.</summary>
    public long Watchdogs
    {
        get => _details.Watchdogs;
        internal set => _details.Watchdogs = value;
    }

    /// <summary>Events folded, their weights added.</summary>
    public long Events { get; internal set; }

    /// <summary>Event time of the newest event folded.</summary>
    public Instant LastAt { get; internal set; }

    /// <summary>Position of the event folded last; what a reader of the log goes on from.</summary>
    public Position LastPosition { get; internal set; }

    /// <summary>The newest events, oldest first, at most <see cref="LastEventsKept"/>.</summary>
    public LastEvents LastEvents => _lastEvents ?? LastEvents.None;

    /// <summary>Event time of the newest event that told its status, changed or not.</summary>
    internal Instant StatusAt
    {
        get => _details.StatusAt;
        set => _details.StatusAt = value;
    }

    /// <summary>What the next bare STOP will turn out to be, as a run state; empty when nothing announced it.</summary>
    internal string StopCause
    {
        get => _details.StopCause;
        set => _details.StopCause = value;
    }

    /// <summary>Whether QEMU said that it ends, so that losing its monitor means that it is gone.</summary>
    internal bool Ending
    {
        get => _details.Ending;
        set => _details.Ending = value;
    }

    /// <summary>What the host's roll-up counts of this VM at present.</summary>
    internal RollUp Counted
    {
        get => _details.Counted;
        set => _details.Counted = value;
    }

    internal PanicState PanicsForChange => _details.Panics ??= new PanicState();

    internal MigrationState MigrationForChange => _details.Migration ??= new MigrationState();

    internal JobsState JobsForChange => _jobs ??= new JobsState();

    internal BalloonState BalloonForChange => _balloon ??= new BalloonState();

    internal DumpState DumpForChange => _details.Dump ??= new DumpState();

    internal QuorumState QuorumForChange => _quorum ??= new QuorumState();

    internal PortsState PortsForChange => _ports ??= new PortsState();

    internal UnplugState UnplugForChange => _details.Unplug ??= new UnplugState();

    internal DisksState DisksForChange => _disks ??= new DisksState();

    internal MonitorState MonitorForChange => _monitor ??= new MonitorState();

    internal LastEvents LastEventsForChange => _lastEvents ??= new LastEvents();

    /// <summary>Fetches the state itself, but for details; see <see cref="Ahead"/>.</summary>
    internal void Fetch() => Ahead.Fetch(this, Lines);

    /// <summary>Fetches what every event changes beside it, and the part that this one does. To be called once it is there.</summary>
    internal void FetchParts(VmPart part)
    {
        if (_lastEvents is { } last) Ahead.Fetch(last, 1);
        object? changed = part switch
        {
            VmPart.Jobs => _jobs,
            VmPart.Disks => _disks,
            VmPart.Quorum => _quorum,
            VmPart.Ports => _ports,
            VmPart.Balloon => _balloon,
            _ => null,
        };
        if (changed is not null) Ahead.Fetch(changed, 1);
    }

    /// <summary>Goes on from <see cref="FetchParts"/>, once that is there, to what the part refers to, one step at a time.</summary>
    /// <param name="step">From 0 to 2: the map of names, its entries, what they refer to.</param>
    internal void FetchNamed(VmPart part, int step)
    {
        if (step == 0) _lastEvents?.FetchNext();
        switch (part)
        {
            case VmPart.Jobs: Fetch(_jobs?.ById, step); break;
            case VmPart.Disks: Fetch(_disks?.ByName, step); break;
            case VmPart.Quorum: Fetch(_quorum?.Children, step); break;
            case VmPart.Ports: Fetch(_ports?.Open, step); break;
        }
    }

    private static void Fetch<T>(NamedStates<T>? named, int step)
    {
        if (named is null) return;
        if (step == 0) Ahead.Fetch(named, 1);
        else if (step == 1) named.FetchEntries();
        else named.FetchNames();
    }

    /// <summary>What a new process of the VM starts without.</summary>
    internal void ForgetProcess()
    {
        if (_details.Panics is { } panics) panics.Panicked = false;
        _details.Migration = null;
        _balloon = null;
        _jobs?.ById.Clear();
        _ports = null;
        StopCause = "";
        Ending = false;
    }
}
