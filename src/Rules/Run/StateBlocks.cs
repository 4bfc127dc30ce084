using System.Runtime.CompilerServices;

namespace Qualm.Rules.Run;

/// <summary>
/// What one rule remembers, a block of words for each key that it remembers anything of: a rule that never met a key
/// costs it nothing. Blocks given back are used again.
/// </summary>
/// <param name="words">Length of a block in words of 64 bits.</param>
internal sealed class StateBlocks(int words)
{
    private readonly Stack<long[]> _free = new();

    // By slot; null for none.
    private long[]?[] _blocks = [];

    /// <summary>No slot with a block is greater than or equal to this.</summary>
    public int SlotBound => _blocks.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(int slot) => (uint)slot < (uint)_blocks.Length && _blocks[slot] is not null;

    /// <summary>The block of a key; null when it has none. Stays the key's until it is given back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long[]? Find(int slot) => (uint)slot < (uint)_blocks.Length ? _blocks[slot] : null;

    /// <summary>Gives a key a block of zeros.</summary>
    public long[] Add(int slot)
    {
        if (slot >= _blocks.Length) Array.Resize(ref _blocks, Math.Max(slot + 1, Math.Max(16, _blocks.Length * 2)));
        return _blocks[slot] = _free.TryPop(out var free) ? free : new long[words];
    }

    public void Save(StateSaver to)
    {
        to.Write(_blocks.Count(b => b is not null));
        for (var slot = 0; slot < _blocks.Length; slot++)
        {
            if (_blocks[slot] is not { } block) continue;
            to.Write(slot);
            to.Writer.WriteAll<long>(block);
        }
    }

    /// <param name="keys">That the blocks belong to.</param>
    /// <param name="isSound">Whether what a block refers to is there.</param>
    public void Load(StateLoader from, KeyTable keys, Func<long[], bool> isSound)
    {
        _blocks = new long[]?[keys.Bound];
        for (var left = from.Reader.ReadCount(); left > 0; left--)
        {
            var slot = from.Index(keys.Bound);
            var block = from.Reader.ReadAll<long>();
            StateLoader.Check(keys.InUse(slot) && block.Length == words && isSound(block), "what is remembered of a key is none of it");
            _blocks[slot] = block;
        }
    }

    /// <summary>Takes the block of a key back.</summary>
    public void Release(int slot)
    {
        var block = _blocks[slot]!;
        Array.Clear(block);
        _free.Push(block);
        _blocks[slot] = null;
    }
}
