namespace Qualm.Model;

/// <summary>The QMP monitor of one VM.</summary>
public sealed class MonitorState
{
    /// <summary>What every VM shows that never had any; never changed.</summary>
    internal static readonly MonitorState None = new();

    private GapState? _gap;

    /// <summary>Whether the VM was ever reached by a monitor; false for VMs known from files only.</summary>
    public bool Known { get; internal set; }

    public bool Connected { get; internal set; }

    /// <summary>Event time of the newest connect or loss.</summary>
    public Instant Since { get; internal set; }

    /// <summary>Connections lost so far.</summary>
    public long Losses { get; internal set; }

    /// <summary>The newest stretch of time in which it was lost.</summary>
    public GapState Gap => _gap ?? GapState.None;

    /// <summary>What it was reached by, e.g. <c>unix:/run/qemu/a.sock</c>.</summary>
    public string Source { get; internal set; } = "";

    internal GapState GapForChange => _gap ??= new GapState();
}
