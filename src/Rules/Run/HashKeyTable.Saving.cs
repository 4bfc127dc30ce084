using System.Buffers.Binary;
using System.Numerics;
using Qualm.Model;

namespace Qualm.Rules.Run;

internal sealed partial class HashKeyTable
{
    private const int Smallest = 16;

    // What a free slot, and at least what a key, takes in the saved state, in bytes.
    private const int FreeSize = sizeof(int);
    private const int KeySize = sizeof(int) + KeyReading.Header + (2 * sizeof(int));

    public override bool HasSlot(int slot) => (uint)slot < (uint)_bound;

    public override void Save(StateSaver to)
    {
        to.Write(_keys.Length);
        to.Write(_bound);
        to.Write(_bound - _count);
        for (var slot = _free; slot >= 0; slot = _keys[slot].Next) to.Write(slot);
        for (var slot = 0; slot < _bound; slot++)
        {
            if (!_keys[slot].Used) continue;
            to.Writer.Write(Raw(slot));
            to.Write(_vms[slot]);
            to.Write(_hosts[slot]);
            if (Words > 0) to.Writer.WriteAll<long>(Block(slot));
        }
    }

    public override void Load(StateLoader from)
    {
        var (length, bound) = (from.Int(), from.Reader.ReadCount(FreeSize));
        StateLoader.Check(BitOperations.IsPow2(length) && length >= bound && length <= Math.Max(Smallest, 2L * bound), $"room for {length} keys with {bound}");
        var free = new int[from.Index(bound + 1)];
        StateLoader.Check((long)(bound - free.Length) * KeySize <= from.Reader.Left, "keys are missing");
        (_keys, _places, _bound, _count) = (new LineArray<Key>(length), new ulong[length * 2], bound, bound - free.Length);
        Array.Fill(free, -1);
        foreach (ref var slot in free.AsSpan())
        {
            slot = from.Index(bound);
            StateLoader.Check(_keys[slot].Next == 0, "a slot is free twice");
            _keys[slot].Next = -1;
        }

        for (var slot = 0; slot < bound; slot++)
        {
            var isFree = _keys[slot].Next != 0;
            _vms.Add(null);
            _hosts.Add(null);
            if (!isFree) Load(from, slot);
        }

        // The first of them is used next.
        for (var i = free.Length - 1; i >= 0; i--) (_keys[free[i]].Next, _free) = (_free, free[i]);
    }

    private void Load(StateLoader from, int slot)
    {
        var bytes = from.Reader.ReadBytes();
        (_vms[slot], _hosts[slot]) = (from.Vm(), from.Host());
        StateLoader.Check(IsWhole(bytes, slot), "a key is not whole");
        ref var key = ref _keys[slot];
        Keep(slot, bytes);
        (key.Hash, key.Used) = (Hash(bytes), true);
        Link(slot);
        if (Words == 0) return;
        var block = from.Reader.ReadAll<long>();
        StateLoader.Check(block.Length == Words, "what is remembered of a value is none of it");
        block.CopyTo(Block(slot));
    }

    // Whether it can be shown and compared.
    private bool IsWhole(ReadOnlySpan<byte> bytes, int slot)
    {
        var parts = 0;
        for (; !bytes.IsEmpty; parts++)
        {
            if (bytes.Length < KeyReading.Header) return false;
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[1..]);
            if (length < 0 || length > bytes.Length - KeyReading.Header) return false;
            if (bytes[0] == KeyReading.VmPart && _vms[slot] is null) return false;
            if (bytes[0] == KeyReading.HostPart && Host(slot) is null) return false;
            bytes = bytes[(KeyReading.Header + length)..];
        }

        return parts >= Names.Length;
    }
}
