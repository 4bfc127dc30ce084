using System.Runtime.CompilerServices;

namespace Qualm.Rules.Run;

/// <summary>
/// The events that an <see cref="EntryList"/> has by time, in the order in which they came, while they wait for two moments: when
/// they are to enter a window, and when they are to leave it. An entry goes back to the pool when both lists are done with it.
/// </summary>
/// <param name="words">Two words of a key's block; both zero when nothing waits.</param>
internal readonly ref struct ArrivalList(EntryPool pool, ArrivalLinks links, Span<long> words)
{
    /// <summary>Length of its part of a key's block.</summary>
    public const int Words = 2;

    // Ends; then the first that is to enter, and the first that is to leave.
    private const int Ends = 0;
    private const int Firsts = 1;

    private readonly Span<long> _words = words;

    /// <summary>The first that is to enter; none when all have.</summary>
    public int Coming => High(_words[Firsts]);

    /// <summary>The first that is to leave; none when all have.</summary>
    public int Staying => Low(_words[Firsts]);

    /// <summary>The one that came last; none when nothing waits.</summary>
    public int Last => Low(_words[Ends]);

    /// <summary>Adds an event, which the other list has, at the end.</summary>
    public void Add(int index, bool comes, bool stays)
    {
        var (head, tail) = (High(_words[Ends]), Low(_words[Ends]));
        var (coming, staying) = (Coming, Staying);
        links.Reach(index);
        links[index] = new ArrivalLinks.Link(EntryPool.None, ArrivalLinks.Bits.Listed | ArrivalLinks.Bits.Waits | (comes ? ArrivalLinks.Bits.Comes : 0) | (stays ? ArrivalLinks.Bits.Stays : 0));
        if (tail != EntryPool.None) links[tail].Next = index;
        _words[Ends] = Pair(head == EntryPool.None ? index : head, index);
        _words[Firsts] = Pair(comes && coming == EntryPool.None ? index : coming, stays && staying == EntryPool.None ? index : staying);
    }

    /// <summary>The first that is to enter has. To be followed by <see cref="Trim"/>.</summary>
    public void PassComing() => _words[Firsts] = Pair(Pass(Coming, ArrivalLinks.Bits.Comes), Staying);

    /// <summary>The first that is to leave has. To be followed by <see cref="Trim"/>.</summary>
    public void PassStaying() => _words[Firsts] = Pair(Coming, Pass(Staying, ArrivalLinks.Bits.Stays));

    /// <summary>An event is taken out of the other list.</summary>
    public void Unlist(EntryList list, int index)
    {
        list.Unlink(index);
        links[index].Bits &= ~ArrivalLinks.Bits.Listed;
        if ((links[index].Bits & ArrivalLinks.Bits.Waits) == 0) pool.Give(index);
    }

    /// <summary>Nothing waits any more.</summary>
    public void Clear()
    {
        for (var index = High(_words[Ends]); index != EntryPool.None;) index = Drop(index);
        _words.Clear();
    }

    // The next that waits for the same.
    private int Pass(int index, ArrivalLinks.Bits moment)
    {
        links[index].Bits &= ~moment;
        do index = links[index].Next;
        while (index != EntryPool.None && (links[index].Bits & moment) == 0);
        return index;
    }

    /// <summary>Lets go what came first and waits for nothing.</summary>
    public void Trim()
    {
        var (head, tail) = (High(_words[Ends]), Low(_words[Ends]));
        while (head != EntryPool.None && (links[head].Bits & (ArrivalLinks.Bits.Comes | ArrivalLinks.Bits.Stays)) == 0) head = Drop(head);
        _words[Ends] = head == EntryPool.None ? 0 : Pair(head, tail);
    }

    private int Drop(int index)
    {
        var next = links[index].Next;
        links[index].Bits &= ArrivalLinks.Bits.Listed;
        if (links[index].Bits == 0) pool.Give(index);
        return next;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int High(long word) => (int)(word >> 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Low(long word) => (int)word;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Pair(int high, int low) => ((long)high << 32) | (uint)low;
}
