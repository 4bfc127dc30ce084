namespace Qualm.Ingest.Client;

/// <summary>Which QEMU is behind a monitor, as far as can be told: QMP has no number for a process.</summary>
/// <param name="Vm">Name of the VM.</param>
/// <param name="Uuid">Empty when it has none.</param>
/// <param name="Host">Null when nobody said.</param>
/// <param name="Address">Where a TCP peer is; null for others.</param>
/// <param name="Process">Of a unix socket's peer; null when unknown.</param>
internal sealed record MonitorIdentity(string Vm, string Uuid, string? Host, string? Address, int? Process)
{
    /// <summary>
    /// Whether both may be monitors of one process: nothing speaks against it. During a migration a VM is two processes,
    /// each with events of its own.
    /// </summary>
    public bool MayBe(MonitorIdentity other) =>
        (Vm == other.Vm || (Uuid.Length > 0 && Uuid == other.Uuid))
        && (Uuid.Length == 0 || other.Uuid.Length == 0 || Uuid == other.Uuid)
        && (Host is null || other.Host is null || Host == other.Host)
        && (Address is null || other.Address is null || Address == other.Address)
        && (Process is null || other.Process is null || Process == other.Process);
}
