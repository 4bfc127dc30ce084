using Qualm.Rules.Binding;

namespace Qualm.Rules.Network;

/// <summary>A key of an event that can be read before anything else is known, and the logs that the event may enter by it.</summary>
/// <param name="Table">Index of the table of such keys.</param>
internal sealed record KeyAhead(int Table, BoundKey Key, int[] Logs)
{
    /// <summary>Whether it takes no more than the VM and the event's own members.</summary>
    public static bool IsReadable(BoundKey key) => !key.IsVm && key.Complete && key.Parts.All(p => p.Source is KeySource.Vm or KeySource.Member);
}
