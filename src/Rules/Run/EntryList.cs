namespace Qualm.Rules.Run;

/// <summary>One list of remembered events, by (event time, position), oldest first. Its ends live in one word of a key's block.</summary>
internal readonly ref struct EntryList(EntryPool pool, ref long word)
{
    private readonly ref long _word = ref word;

    public int Head
    {
        get => (int)(_word >> 32);
        private set => _word = ((long)value << 32) | (uint)Tail;
    }

    public int Tail
    {
        get => (int)_word;
        private set => _word = (_word & ~0xFFFFFFFFL) | (uint)value;
    }

    public bool IsEmpty => _word == 0;

    /// <summary>Adds an event at its place.</summary>
    /// <returns>Its index in the pool.</returns>
    public int Insert(long at, long stamp, long position, long weight, long value = 0)
    {
        var index = pool.Take();
        var before = Tail;
        while (before != EntryPool.None && IsAfter(before, at, position)) before = pool[before].Previous;
        var after = before == EntryPool.None ? Head : pool[before].Next;
        pool[index] = new EntryPool.Entry { At = at, Stamp = stamp, Position = position, Weight = weight, Value = value, Previous = before, Next = after };
        if (before == EntryPool.None) Head = index;
        else pool[before].Next = index;
        if (after == EntryPool.None) Tail = index;
        else pool[after].Previous = index;
        return index;
    }

    /// <summary>Adds an event at the end, whatever its time.</summary>
    public int Append(long at, long stamp, long position, long weight, long value = 0)
    {
        var index = pool.Take();
        var before = Tail;
        pool[index] = new EntryPool.Entry { At = at, Stamp = stamp, Position = position, Weight = weight, Value = value, Previous = before };
        if (before == EntryPool.None) Head = index;
        else pool[before].Next = index;
        Tail = index;
        return index;
    }

    public void Remove(int index)
    {
        Unlink(index);
        pool.Give(index);
    }

    /// <summary>Takes an event out that stays in the pool.</summary>
    public void Unlink(int index)
    {
        var (before, after) = (pool[index].Previous, pool[index].Next);
        if (before == EntryPool.None) Head = after;
        else pool[before].Next = after;
        if (after == EntryPool.None) Tail = before;
        else pool[after].Previous = before;
    }

    public void Clear()
    {
        while (!IsEmpty) Remove(Head);
    }

    private bool IsAfter(int index, long at, long position) =>
        pool[index].At > at || (pool[index].At == at && pool[index].Position > position);
}
