using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>Keys of several parts, or of values of events: found by their bytes, dropped when idle.</summary>
/// <param name="isIdle">Whether nothing is remembered for a slot any more; asked before the table grows.</param>
internal sealed partial class HashKeyTable(ImmutableArray<string> names, int words, Func<int, bool> isIdle) : KeyTable(names, words)
{
    private readonly List<VmState?> _vms = [];
    private readonly List<HostState?> _hosts = [];
    private LineArray<Key> _keys = new(Smallest);

    // By slot; null for those that fit into a line.
    private byte[]?[] _long = [];
    // Open addressing, at most half full: hash and slot + 1 of each key, so that keys of other hashes are never looked at; 0 for none.
    private ulong[] _places = new ulong[2 * Smallest];
    private int _bound;
    private int _free = -1;
    private int _count;

    public override int Bound => _bound;

    public int Count => _count;

    public override bool InUse(int slot) => _keys[slot].Used;

    public override int Find(ref KeyReading reading) => Find(reading.Bytes, Hash(reading.Bytes));

    public override int FindOrAdd(ref KeyReading reading)
    {
        var hash = Hash(reading.Bytes);
        var slot = Find(reading.Bytes, hash);
        return slot >= 0 ? slot : Add(reading.Bytes, hash, reading.Vm, reading.Host);
    }

    protected override ImmutableArray<KeyPart> MakeParts(int slot)
    {
        var bytes = Raw(slot);
        var parts = ImmutableArray.CreateBuilder<KeyPart>(Names.Length);
        foreach (var name in Names)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[1..]);
            var value = bytes.Slice(KeyReading.Header, length);
            parts.Add(bytes[0] switch
            {
                KeyReading.VmPart => new KeyPart(name, Vm(slot)!.Id, true),
                KeyReading.HostPart => new KeyPart(name, Host(slot)!.Id, true),
                _ => new KeyPart(name, Encoding.UTF8.GetString(value), bytes[0] == KeyReading.TextPart),
            });
            bytes = bytes[(KeyReading.Header + length)..];
        }

        return parts.MoveToImmutable();
    }

    public override ReadOnlySpan<byte> Raw(int slot) => _keys[slot].IsLong ? _long[slot] : _keys[slot].Short;

    public override VmState? Vm(int slot) => _vms[slot];

    public override HostState? Host(int slot) => _hosts[slot] ?? _vms[slot]?.Host;

    // A deadline that was moved may outlive its key: what is in a free slot is nothing, and comes first.
    public override int Compare(int left, int right)
    {
        if (left == right) return 0;
        if (_keys[left].Used && _keys[right].Used) return CompareParts(Parts(left), Parts(right));
        return _keys[left].Used ? 1 : _keys[right].Used ? -1 : left.CompareTo(right);
    }

    public override int Copy(KeyTable from, int slot)
    {
        var bytes = from.Raw(slot);
        var hash = Hash(bytes);
        var found = Find(bytes, hash);
        return found >= 0 ? found : Add(bytes, hash, from.Vm(slot), ((HashKeyTable)from)._hosts[slot]);
    }

    /// <summary>Fetches where it says which keys have the hash of this one; see <see cref="Ahead"/>.</summary>
    /// <returns>The hash, not less than 0.</returns>
    public int Foresee(ReadOnlySpan<byte> bytes)
    {
        var hash = Hash(bytes);
        Ahead.Fetch(ref _places[hash & (_places.Length - 1)]);
        return hash;
    }

    /// <summary>Goes on to the key, once that is there.</summary>
    /// <returns>The slot of a key of this hash; -1 when there is none.</returns>
    public int Fetch(int hash)
    {
        for (var place = hash & (_places.Length - 1); _places[place] is not 0 and var entry; place = (place + 1) & (_places.Length - 1))
        {
            if ((int)(entry >> 32) != hash) continue;
            var slot = (int)(uint)entry - 1;
            Ahead.Fetch(ref _keys[slot]);
            return slot;
        }

        return -1;
    }

    private int Find(ReadOnlySpan<byte> bytes, int hash)
    {
        for (var place = hash & (_places.Length - 1); _places[place] is not 0 and var entry; place = (place + 1) & (_places.Length - 1))
        {
            var slot = (int)(uint)entry - 1;
            if ((int)(entry >> 32) == hash && Raw(slot).SequenceEqual(bytes)) return slot;
        }

        return -1;
    }

    private int Add(ReadOnlySpan<byte> bytes, int hash, VmState? vm, HostState? host)
    {
        if (_free < 0 && _bound == _keys.Length) MakeRoom();
        int slot;
        if (_free >= 0)
        {
            slot = _free;
            _free = _keys[slot].Next;
        }
        else
        {
            slot = _bound++;
            _vms.Add(null);
            _hosts.Add(null);
        }

        ref var key = ref _keys[slot];
        Keep(slot, bytes);
        (key.Hash, key.Used) = (hash, true);
        (_vms[slot], _hosts[slot]) = (vm, host);
        Link(slot);
        _count++;
        return slot;
    }

    // Idle keys make room before the table grows, so it is at most twice as large as what is alive.
    private void MakeRoom()
    {
        for (var slot = 0; slot < _bound; slot++)
        {
            if (_keys[slot].Used && isIdle(slot)) Remove(slot);
        }

        if (_count <= _keys.Length / 2) return;
        var old = _keys;
        _keys = new LineArray<Key>(old.Length * 2);
        old.AsSpan(0, _bound).CopyTo(_keys.AsSpan(0, _bound));
        _places = new ulong[_keys.Length * 2];
        for (var slot = 0; slot < _bound; slot++)
        {
            if (_keys[slot].Used) Link(slot);
        }
    }

    private void Remove(int slot)
    {
        ref var key = ref _keys[slot];
        Unlink(slot);
        if (Words > 0) Block(slot).Clear();
        ForgetParts(slot);
        if (key.IsLong) _long[slot] = null;
        (key.Used, key.Next) = (false, _free);
        (_vms[slot], _hosts[slot]) = (null, null);
        _free = slot;
        _count--;
    }

    private void Link(int slot)
    {
        var hash = _keys[slot].Hash;
        var place = hash & (_places.Length - 1);
        while (_places[place] != 0) place = (place + 1) & (_places.Length - 1);
        _places[place] = ((ulong)hash << 32) | (uint)(slot + 1);
    }

    // Those behind move up, so that no search ends too soon.
    private void Unlink(int slot)
    {
        var mask = _places.Length - 1;
        var gap = _keys[slot].Hash & mask;
        while ((int)(uint)_places[gap] != slot + 1) gap = (gap + 1) & mask;
        for (var place = (gap + 1) & mask; _places[place] is not 0 and var entry; place = (place + 1) & mask)
        {
            var home = (int)(entry >> 32) & mask;
            if (((place - home) & mask) < ((place - gap) & mask)) continue;
            _places[gap] = entry;
            gap = place;
        }

        _places[gap] = 0;
    }

    private static int Hash(ReadOnlySpan<byte> bytes)
    {
        const ulong Prime = 0x9E3779B97F4A7C15;
        var hash = (ulong)bytes.Length * Prime;
        var longs = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var part in longs) hash = BitOperations.RotateLeft((hash ^ part) * Prime, 29);

        // What is left over is taken together with what is before it.
        if (bytes.Length >= sizeof(ulong)) hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[^sizeof(ulong)..])) * Prime;
        else foreach (var rest in bytes) hash = BitOperations.RotateLeft((hash ^ rest) * Prime, 29);
        return (int)(hash ^ (hash >> 32)) & int.MaxValue;
    }

    private void Keep(int slot, ReadOnlySpan<byte> bytes)
    {
        if (_keys[slot].TrySet(bytes)) return;
        if (slot >= _long.Length) Array.Resize(ref _long, _keys.Length);
        _long[slot] = bytes.ToArray();
    }

    // One line of the processor's cache; nearly all keys fit into it.
    private struct Key
    {
        public int Hash;
        public int Next;
        public bool Used;
        private byte _length;
        private ShortBytes _bytes;

        public readonly bool IsLong => _length > ShortBytes.Length;

        [UnscopedRef]
        public readonly ReadOnlySpan<byte> Short => ((ReadOnlySpan<byte>)_bytes)[.._length];

        /// <returns>False where the bytes do not fit, which it notes.</returns>
        public bool TrySet(ReadOnlySpan<byte> bytes)
        {
            var fits = bytes.TryCopyTo(_bytes);
            _length = fits ? (byte)bytes.Length : byte.MaxValue;
            return fits;
        }
    }

    [InlineArray(Length)]
    private struct ShortBytes
    {
        public const int Length = 54;

        private byte _first;
    }
}
