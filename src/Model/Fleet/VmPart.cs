namespace Qualm.Model;

/// <summary>The part of a VM's picture that one kind of event changes; for looking ahead only, see <see cref="Ahead"/>.</summary>
internal enum VmPart
{
    None,
    Jobs,
    Disks,
    Quorum,
    Ports,
    Balloon,
}
