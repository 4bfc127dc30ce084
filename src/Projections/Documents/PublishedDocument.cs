using Qualm.Model;

namespace Qualm.Projections;

/// <summary>A read model of one VM or host as it was when taken, ready to be written out.</summary>
/// <param name="IsHost">Whether it is a host's, not a VM's.</param>
/// <param name="Id">Of the VM or host.</param>
/// <param name="Json">UTF-8, one object: see <see cref="VmDocument"/> and <see cref="HostDocument"/>.</param>
/// <param name="LastPosition">Position of the newest event in it; <see cref="Position.None"/> for a host.</param>
public sealed record PublishedDocument(bool IsHost, string Id, ReadOnlyMemory<byte> Json, Position LastPosition)
{
    public static PublishedDocument Of(VmState vm) => new(false, vm.Id, VmDocument.ToUtf8(vm), vm.LastPosition);

    public static PublishedDocument Of(HostState host) => new(true, host.Id, HostDocument.ToUtf8(host), Position.None);
}
