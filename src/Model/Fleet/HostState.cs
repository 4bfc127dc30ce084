namespace Qualm.Model;

/// <summary>The picture of one host: a roll-up of the VMs on it. Changed in place by the fold.</summary>
/// <param name="index">Dense number of the host in this process, from 0. Never an order, never stored.</param>
public sealed class HostState(string id, int index)
{
    private GapState? _gap;

    public string Id { get; } = id;

    public int Index { get; } = index;

    /// <summary>VMs last seen on this host and not gone.</summary>
    public int Vms { get; internal set; }

    /// <summary>Those of them whose status is <c>running</c>.</summary>
    public int RunningVms { get; internal set; }

    /// <summary>Those of them whose monitor is not connected.</summary>
    public int LostMonitors { get; internal set; }

    /// <summary>Those of them whose monitor was lost and whose state has not been asked for since.</summary>
    public int VmsInGap { get; internal set; }

    /// <summary>The newest stretch of time in which there were any of those.</summary>
    public GapState Gap => _gap ?? GapState.None;

    /// <summary>Those of them that panicked and have not been reset since.</summary>
    public int PanickedVms { get; internal set; }

    internal GapState GapForChange => _gap ??= new GapState();
}
