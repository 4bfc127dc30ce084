using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>
/// All keys of one tuple of key expressions, numbered by slots. A table may keep a block of words for each.
/// </summary>
/// <param name="words">Length of a block in words of 64 bits; 0 where rules keep what they remember themselves.</param>
internal abstract class KeyTable(ImmutableArray<string> names, int words)
{
    private const int PageBits = 6;
    private const int PageSlots = 1 << PageBits;

    private long[]?[] _pages = [];
    private ImmutableArray<KeyPart>[] _parts = [];

    /// <summary>Names of the key parts, in order.</summary>
    public ImmutableArray<string> Names { get; } = names;

    protected int Words { get; } = words;

    /// <summary>No slot in use is greater than or equal to this.</summary>
    public abstract int Bound { get; }

    /// <summary>The slot of the event's key, made if need be.</summary>
    /// <returns>-1 when a part of the key is null.</returns>
    public abstract int FindOrAdd(ref KeyReading reading);

    /// <returns>-1 when the key is null in a part, or not there.</returns>
    public abstract int Find(ref KeyReading reading);

    public abstract bool InUse(int slot);

    /// <summary>The key as decisions show it. Allocates for a key that is shown for the first time.</summary>
    public ImmutableArray<KeyPart> Parts(int slot)
    {
        if (slot >= _parts.Length) Array.Resize(ref _parts, Math.Max(slot + 1, _parts.Length * 2));
        if (_parts[slot].IsDefault) _parts[slot] = MakeParts(slot);
        return _parts[slot];
    }

    protected abstract ImmutableArray<KeyPart> MakeParts(int slot);

    /// <summary>Another key may get the slot.</summary>
    protected void ForgetParts(int slot)
    {
        if (slot < _parts.Length) _parts[slot] = default;
    }

    /// <summary>The parts as <see cref="KeyReading"/> wrote them; empty where the key is a VM and nothing else.</summary>
    public abstract ReadOnlySpan<byte> Raw(int slot);

    public abstract VmState? Vm(int slot);

    public abstract HostState? Host(int slot);

    /// <summary>Orders keys by content, part by part, never by slot.</summary>
    public abstract int Compare(int left, int right);

    /// <summary>Adds the key of a table of the same shape. The slot there.</summary>
    public abstract int Copy(KeyTable from, int slot);

    /// <summary>Whether there is, or was, a key in a slot.</summary>
    public abstract bool HasSlot(int slot);

    /// <summary>Writes down the keys in their slots, and the order in which free slots are used again.</summary>
    public abstract void Save(StateSaver to);

    /// <summary>Takes keys up; the table must be new.</summary>
    public abstract void Load(StateLoader from);

    public Span<long> Block(int slot)
    {
        var page = slot >> PageBits;
        if ((uint)page < (uint)_pages.Length && _pages[page] is { } found) return found.AsSpan((slot & (PageSlots - 1)) * Words, Words);
        return MakePage(page).AsSpan((slot & (PageSlots - 1)) * Words, Words);
    }

    private long[] MakePage(int page)
    {
        if (page >= _pages.Length) Array.Resize(ref _pages, Math.Max(page + 1, _pages.Length * 2));
        return _pages[page] ??= new long[PageSlots * Words];
    }

    protected static int CompareParts(ImmutableArray<KeyPart> left, ImmutableArray<KeyPart> right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            var order = string.CompareOrdinal(left[i].Value, right[i].Value);
            if (order != 0) return order;
            if (left[i].IsText != right[i].IsText) return left[i].IsText ? 1 : -1;
        }

        return 0;
    }
}
