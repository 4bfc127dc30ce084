using System.Runtime.CompilerServices;

namespace Qualm.Rules.Run;

/// <summary>
/// What one rule remembers, a block of words for each key that it remembers anything of. All others take four bytes,
/// so that a rule that never met a key costs it nothing.
/// </summary>
/// <param name="words">Length of a block in words of 64 bits.</param>
internal sealed class StateBlocks(int words)
{
    private const int PageBits = 6;
    private const int PageBlocks = 1 << PageBits;

    // By slot: number of the block, from 1; 0 for none.
    private int[] _blocks = [];
    private long[][] _pages = [];
    private int[] _free = [];
    private int _freeCount;
    private int _bound = 1;

    /// <summary>No slot with a block is greater than or equal to this.</summary>
    public int SlotBound => _blocks.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(int slot) => (uint)slot < (uint)_blocks.Length && _blocks[slot] != 0;

    /// <summary>The block of a key that has one. Stays where it is until it is given back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<long> Of(int slot)
    {
        var block = _blocks[slot];
        return _pages[block >> PageBits].AsSpan((block & (PageBlocks - 1)) * words, words);
    }

    /// <summary>Gives a key a block of zeros.</summary>
    public Span<long> Add(int slot)
    {
        if (slot >= _blocks.Length) Array.Resize(ref _blocks, Math.Max(slot + 1, Math.Max(16, _blocks.Length * 2)));
        var block = _freeCount > 0 ? _free[--_freeCount] : _bound++;
        var page = block >> PageBits;
        if (page >= _pages.Length) Array.Resize(ref _pages, Math.Max(page + 1, _pages.Length * 2));
        _pages[page] ??= new long[PageBlocks * words];
        _blocks[slot] = block;
        return Of(slot);
    }

    /// <summary>Takes the block of a key back.</summary>
    public void Release(int slot)
    {
        Of(slot).Clear();
        if (_freeCount == _free.Length) Array.Resize(ref _free, Math.Max(16, _freeCount * 2));
        _free[_freeCount++] = _blocks[slot];
        _blocks[slot] = 0;
    }
}
