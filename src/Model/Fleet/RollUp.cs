namespace Qualm.Model;

/// <summary>What a host counts of one of its VMs.</summary>
[Flags]
internal enum RollUp : byte
{
    None = 0,

    /// <summary>It is on the host and not gone.</summary>
    Present = 1,
    Running = 2,
    MonitorLost = 4,
    Panicked = 8,
    InGap = 16,
}
