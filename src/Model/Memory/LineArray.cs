using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Qualm.Model;

/// <summary>An array whose first item begins on a line of the processor's cache, so that items of half a line or a whole one never lie in two. Never moves.</summary>
/// <typeparam name="T">Its size should divide 64 bytes, or be a multiple of them.</typeparam>
public sealed class LineArray<T>
    where T : unmanaged
{
    private readonly T[] _items;
    private readonly nint _pad;

    /// <param name="length">Items, all zero.</param>
    public LineArray(int length)
    {
        Length = length;
        _items = GC.AllocateArray<T>(length + ((Ahead.Line + Unsafe.SizeOf<T>() - 1) / Unsafe.SizeOf<T>()), pinned: true);
        _pad = Ahead.ToLine(in MemoryMarshal.GetArrayDataReference(_items));
    }

    public int Length { get; }

    /// <exception cref="IndexOutOfRangeException">There is no such item.</exception>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.AddByteOffset(ref _items[index], _pad);
    }

    /// <exception cref="ArgumentOutOfRangeException">They are not all in the array.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> AsSpan(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)(uint)start + (uint)length, (uint)Length, nameof(length));
        return MemoryMarshal.CreateSpan(ref this[start], length);
    }
}
