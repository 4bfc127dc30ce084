using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>Keys that are a VM and nothing else: the slot is the VM's own number.</summary>
internal sealed class VmKeyTable(string name) : KeyTable([name], 0)
{
    private VmState?[] _vms = [];

    // A bit a slot in use: small enough to stay in the processor's cache, where the VMs do not.
    private ulong[] _known = [];

    public override int Bound => _vms.Length;

    public override int FindOrAdd(ref KeyReading reading) => reading.Vm is { } vm ? Add(vm) : -1;

    public override int Find(ref KeyReading reading) =>
        reading.Vm is { } vm && vm.Index < _vms.Length && _vms[vm.Index] is not null ? vm.Index : -1;

    public override bool InUse(int slot) => slot < _vms.Length && _vms[slot] is not null;

    protected override ImmutableArray<KeyPart> MakeParts(int slot) => [new KeyPart(Names[0], _vms[slot]!.Id, true)];

    public override ReadOnlySpan<byte> Raw(int slot) => [];

    public override VmState? Vm(int slot) => _vms[slot];

    public override HostState? Host(int slot) => _vms[slot]?.Host;

    public override int Compare(int left, int right) => string.CompareOrdinal(_vms[left]!.Id, _vms[right]!.Id);

    public override int Copy(KeyTable from, int slot) => Add(from.Vm(slot)!);

    public override bool HasSlot(int slot) => slot >= 0 && InUse(slot);

    public override void Save(StateSaver to) => to.Writer.WriteAll<int>([.. Enumerable.Range(0, _vms.Length).Where(InUse)]);

    public override void Load(StateLoader from)
    {
        var slots = from.Reader.ReadAll<int>();
        var last = -1;
        foreach (var slot in slots)
        {
            StateLoader.Check(slot > last, "VMs are out of order");
            Add(from.VmAt(last = slot));
        }
    }

    private int Add(VmState vm)
    {
        var slot = vm.Index;
        if ((uint)slot >> 6 < (uint)_known.Length && (_known[slot >> 6] & (1UL << slot)) != 0) return slot;
        if (slot >= _vms.Length) Array.Resize(ref _vms, Math.Max(slot + 1, Math.Max(64, _vms.Length * 2)));
        if (slot >> 6 >= _known.Length) Array.Resize(ref _known, (_vms.Length + 63) >> 6);
        _known[slot >> 6] |= 1UL << slot;
        _vms[slot] = vm;
        return slot;
    }
}
