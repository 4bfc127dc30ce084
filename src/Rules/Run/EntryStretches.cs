using System.Runtime.CompilerServices;
using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>Lends stretches of events whose lengths are powers of two, out of pages that never move. Each begins on a line of the processor's cache.</summary>
internal sealed class EntryStretches
{
    /// <summary>Of the shortest stretch.</summary>
    public const int SmallestBits = 2;

    private const int PageBits = 12;
    private const int PageLength = 1 << PageBits;

    /// <summary>Of the longest.</summary>
    public const int MostBits = 30;

    private readonly Stack<int>?[] _free = new Stack<int>?[MostBits + 1];

    // The first page is not used, so that no stretch begins at 0.
    private LineArray<EventEntry>[] _pages = [new(0)];
    private int _count = 1;
    private int _open;
    private int _filled = PageLength;

    /// <summary>The first place of a stretch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref EventEntry At(int start) => ref _pages[start >> PageBits][start & (PageLength - 1)];

    /// <summary>Places of a stretch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<EventEntry> Of(int start, int length) => _pages[start >> PageBits].AsSpan(start & (PageLength - 1), length);

    /// <returns>Where a stretch of this length begins; what it holds is left over from before.</returns>
    public int Take(int bits)
    {
        if (_free[bits] is { Count: > 0 } free) return free.Pop();
        if (bits > PageBits) return NewPage(1 << bits);
        if (_filled + (1 << bits) > PageLength) OpenPage();
        _filled += 1 << bits;
        return (_open << PageBits) + _filled - (1 << bits);
    }

    public void Give(int start, int bits) => (_free[bits] ??= new Stack<int>()).Push(start);

    private void OpenPage()
    {
        // What is left of the old one serves shorter stretches.
        for (var bits = PageBits - 1; bits >= SmallestBits; bits--)
        {
            if (_filled + (1 << bits) > PageLength) continue;
            Give((_open << PageBits) + _filled, bits);
            _filled += 1 << bits;
        }

        (_open, _filled) = (NewPage(PageLength) >> PageBits, 0);
    }

    private int NewPage(int length)
    {
        if (_count == _pages.Length) Array.Resize(ref _pages, _count * 2);
        _pages[_count] = new LineArray<EventEntry>(length);
        return _count++ << PageBits;
    }
}
