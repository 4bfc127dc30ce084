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
    private Key[] _keys = new Key[16];
    private int[] _buckets = new int[32];
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
        ReadOnlySpan<byte> bytes = _keys[slot].ToArray();
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

    public override ReadOnlySpan<byte> Raw(int slot) => _keys[slot].Span;

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
        var bytes = ((HashKeyTable)from)._keys[slot].ToArray();
        var hash = Hash(bytes);
        var found = Find(bytes, hash);
        return found >= 0 ? found : Add(bytes, hash, from.Vm(slot), ((HashKeyTable)from)._hosts[slot]);
    }

    private int Find(ReadOnlySpan<byte> bytes, int hash)
    {
        for (var slot = _buckets[hash & (_buckets.Length - 1)] - 1; slot >= 0; slot = _keys[slot].Next)
        {
            if (_keys[slot].Hash == hash && _keys[slot].Is(bytes)) return slot;
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
        key.Set(bytes);
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
        Array.Resize(ref _keys, _keys.Length * 2);
        _buckets = new int[_keys.Length * 2];
        for (var slot = 0; slot < _bound; slot++)
        {
            if (_keys[slot].Used) Link(slot);
        }
    }

    private void Remove(int slot)
    {
        ref var key = ref _keys[slot];
        ref var place = ref _buckets[key.Hash & (_buckets.Length - 1)];
        if (place - 1 == slot)
        {
            place = key.Next + 1;
        }
        else
        {
            var before = place - 1;
            while (_keys[before].Next != slot) before = _keys[before].Next;
            _keys[before].Next = key.Next;
        }

        if (Words > 0) Block(slot).Clear();
        ForgetParts(slot);
        (key.Used, key.Next) = (false, _free);
        (_vms[slot], _hosts[slot]) = (null, null);
        _free = slot;
        _count--;
    }

    private void Link(int slot)
    {
        ref var bucket = ref _buckets[_keys[slot].Hash & (_buckets.Length - 1)];
        _keys[slot].Next = bucket - 1;
        bucket = slot + 1;
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
        return (int)(hash ^ (hash >> 32));
    }

    // One line of the processor's cache; nearly all keys fit into it.
    private struct Key
    {
        public int Hash;
        public int Next;
        public bool Used;
        private byte _short;
        private byte[]? _long;
        private ShortBytes _bytes;

        public readonly bool Is(ReadOnlySpan<byte> bytes) =>
            _long is null ? _short == bytes.Length && ((ReadOnlySpan<byte>)_bytes)[.._short].SequenceEqual(bytes) : _long.AsSpan().SequenceEqual(bytes);

        /// <summary>A copy of the bytes where they are few, else the bytes.</summary>
        [UnscopedRef]
        public readonly ReadOnlySpan<byte> Span => _long is null ? ((ReadOnlySpan<byte>)_bytes)[.._short] : _long;

        public readonly byte[] ToArray() => _long ?? ((ReadOnlySpan<byte>)_bytes)[.._short].ToArray();

        public void Set(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length > ShortBytes.Length)
            {
                _long = bytes.ToArray();
                return;
            }

            _long = null;
            _short = (byte)bytes.Length;
            bytes.CopyTo(_bytes);
        }
    }

    [InlineArray(Length)]
    private struct ShortBytes
    {
        public const int Length = 40;

        private byte _first;
    }
}
