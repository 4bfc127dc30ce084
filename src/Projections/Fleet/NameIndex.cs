using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using Qualm.Model;

namespace Qualm.Projections;

/// <summary>Finds things by name, in the order they came by number. A short name lies in the table itself, so that to find it is to fetch one line of memory.</summary>
/// <param name="make">Makes one of its name and number.</param>
/// <param name="nameOf">The name it was made of.</param>
internal sealed class NameIndex<T>(Func<string, int, T> make, Func<T, string> nameOf)
    where T : class
{
    /// <summary>Names of up to so many ASCII letters lie in the table itself.</summary>
    public const int Short = 16;

    private const int OnStack = 256;
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

    /// <summary>Fetches where the name would be found; see <see cref="Ahead"/>.</summary>
    public void Foresee(ReadOnlySpan<char> name) => Foresee(KeyOf(name));

    /// <inheritdoc cref="Foresee(ReadOnlySpan{char})"/>
    public void Foresee(ReadOnlySpan<byte> utf8Name)
    {
        if (TryKeyOf(utf8Name, out var key)) Foresee(key);
    }

    private void Foresee(in Key key)
    {
        Ahead.FetchWhole(ref _entries[key.Hash & (_entries.Length - 1)]);
    }

    public T? Find(ReadOnlySpan<byte> utf8Name)
    {
        if (TryKeyOf(utf8Name, out var key)) return _entries[PlaceOf(key, [])].Value;
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
        if (TryKeyOf(utf8Name, out var key) && _entries[PlaceOf(key, [])].Value is { } found) return found;
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
            var units = default(Units);
            name.CopyTo(units);
            ref var first16 = ref Unsafe.As<Units, ushort>(ref units);
            var (low, high) = (Vector128.LoadUnsafe(ref first16), Vector128.LoadUnsafe(ref first16, 8));
            if (((low | high) & Vector128.Create((ushort)0xFF80)) == Vector128<ushort>.Zero)
            {
                return KeyOf(Vector128.Narrow(low, high), name.Length);
            }
        }

        var hash = (ulong)name.Length;
        foreach (var unit in name) hash = BitOperations.RotateLeft((hash ^ unit) * Prime, 29);
        return new Key(hash, 0, Mix(hash), 0);
    }

    // False for a name that is long or not ASCII.
    private static bool TryKeyOf(ReadOnlySpan<byte> utf8Name, out Key key)
    {
        var bytes = Vector128<byte>.Zero;
        var isShort = utf8Name.Length is > 0 and <= Short;
        if (isShort) utf8Name.CopyTo(MemoryMarshal.AsBytes(new Span<Vector128<byte>>(ref bytes)));
        isShort &= bytes.ExtractMostSignificantBits() == 0;
        key = isShort ? KeyOf(bytes, utf8Name.Length) : default;
        return isShort;
    }

    private static Key KeyOf(Vector128<byte> name, int length)
    {
        var (first, second) = (name.AsUInt64()[0], name.AsUInt64()[1]);
        return new Key(first, second, Mix(BitOperations.RotateLeft((first ^ (ulong)length) * Prime, 32) ^ second), length);
    }

    private static int Mix(ulong hash) => (int)((hash * Prime) >> 32);

    /// <param name="Length">Of a name that is all in the key; 0 for one of which the key has but the hash.</param>
    private readonly record struct Key(ulong First, ulong Second, int Hash, int Length);

    [InlineArray(Short)]
    private struct Units
    {
        private char _first;
    }

    private struct Entry
    {
        public Key Key;
        public T? Value;
    }
}
