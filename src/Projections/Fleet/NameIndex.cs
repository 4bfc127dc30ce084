using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Qualm.Projections;

/// <summary>Finds things by name, in the order they came by number. A short name lies in the table itself, so that to find it is to fetch one line of memory.</summary>
/// <param name="make">Makes one of its name and number.</param>
/// <param name="nameOf">The name it was made of.</param>
internal sealed class NameIndex<T>(Func<string, int, T> make, Func<T, string> nameOf)
    where T : class
{
    private const int OnStack = 256;
    private const int Short = 16;
    private const ulong Prime = 0x9E3779B97F4A7C15;

    private readonly List<T> _all = [];

    // Open addressing, at most half full.
    private Entry[] _entries = new Entry[32];
    private T[]? _ordered;

    public int Count => _all.Count;

    public T this[int index] => _all[index];

    public T? Find(ReadOnlySpan<char> name)
    {
        var key = KeyOf(name);
        return _entries[PlaceOf(key, name)].Value;
    }

    public T? Find(ReadOnlySpan<byte> utf8Name)
    {
        var chars = utf8Name.Length <= OnStack ? stackalloc char[OnStack] : new char[utf8Name.Length];
        return Find(chars[..Encoding.UTF8.GetChars(utf8Name, chars)]);
    }

    public T GetOrAdd(ReadOnlySpan<char> name)
    {
        var key = KeyOf(name);
        return _entries[PlaceOf(key, name)].Value ?? Add(key, name);
    }

    public T GetOrAdd(ReadOnlySpan<byte> utf8Name)
    {
        var chars = utf8Name.Length <= OnStack ? stackalloc char[OnStack] : new char[utf8Name.Length];
        return GetOrAdd(chars[..Encoding.UTF8.GetChars(utf8Name, chars)]);
    }

    public T[] InOrder() => _ordered ??= [.. _all.OrderBy(nameOf, StringComparer.Ordinal)];

    private T Add(Key key, ReadOnlySpan<char> name)
    {
        if (name.IsEmpty) throw new ArgumentException("a VM or host must have a name", nameof(name));
        if ((_all.Count + 1) * 2 > _entries.Length) Grow();
        var text = name.ToString();
        var made = make(text, _all.Count);
        _entries[PlaceOf(key, name)] = new Entry { Key = key, Value = made };
        _all.Add(made);
        _ordered = null;
        return made;
    }

    private void Grow()
    {
        var old = _entries;
        _entries = new Entry[old.Length * 2];
        foreach (var entry in old)
        {
            if (entry.Value is not null) _entries[PlaceOf(entry.Key, nameOf(entry.Value))] = entry;
        }
    }

    // Where the name is, or would be.
    private int PlaceOf(Key key, ReadOnlySpan<char> name)
    {
        var mask = _entries.Length - 1;
        for (var place = key.Hash & mask; ; place = (place + 1) & mask)
        {
            ref var entry = ref _entries[place];
            if (entry.Value is null) return place;
            if (entry.Key == key && (key.Length > 0 || name.SequenceEqual(nameOf(entry.Value)))) return place;
        }
    }

    private static Key KeyOf(ReadOnlySpan<char> name)
    {
        if (name.Length is > 0 and <= Short)
        {
            Span<byte> bytes = stackalloc byte[Short];
            bytes.Clear();
            if (Ascii.FromUtf16(name, bytes, out _) == System.Buffers.OperationStatus.Done)
            {
                var (first, second) = (BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
                return new Key(first, second, Mix(BitOperations.RotateLeft((first ^ (ulong)name.Length) * Prime, 32) ^ second), name.Length);
            }
        }

        var hash = (ulong)name.Length;
        foreach (var unit in name) hash = BitOperations.RotateLeft((hash ^ unit) * Prime, 29);
        return new Key(hash, 0, Mix(hash), 0);
    }

    private static int Mix(ulong hash) => (int)((hash * Prime) >> 32);

    /// <param name="Length">Of a name that is all in the key; 0 for one of which the key has but the hash.</param>
    private readonly record struct Key(ulong First, ulong Second, int Hash, int Length);

    private struct Entry
    {
        public Key Key;
        public T? Value;
    }
}
