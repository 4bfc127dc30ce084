using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Qualm.Model;

/// <summary>
/// Has the processor fetch memory that is about to be used, while it works on something else: with many VMs, to wait for
/// memory is what an event costs. Reads nothing, changes nothing; without effect where the processor has no such instruction.
/// </summary>
public static class Ahead
{
    /// <summary>How many events are worth looking ahead.</summary>
    public const int Batch = 32;

    /// <summary>Bytes that are fetched at once.</summary>
    internal const int Line = 64;

    /// <summary>The line that holds a place in an array.</summary>
    /// <param name="place">An item, not a field of one: the address of a field is taken only after a look at the memory, which is what is to be avoided.</param>
    public static unsafe void Fetch<T>(ref readonly T place)
    {
        // An address is only a hint here: should the collector move the array meanwhile, the wrong line is fetched.
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
    }

    /// <summary>The lines that hold an item of an array from its first byte to its last.</summary>
    public static unsafe void FetchWhole<T>(ref readonly T place)
    {
        if (!Sse.IsSupported) return;
        var first = (byte*)Unsafe.AsPointer(ref Unsafe.AsRef(in place));
        Sse.Prefetch0(first);
        Sse.Prefetch0(first + Unsafe.SizeOf<T>() - 1);
    }

    /// <summary>The first lines of an object.</summary>
    /// <param name="lines">How many, of 64 bytes.</param>
    public static unsafe void Fetch(object target, int lines)
    {
        if (!Sse.IsSupported) return;
        var first = (byte*)Unsafe.As<object, nint>(ref target);
        for (var i = 0; i < lines; i++) Sse.Prefetch0(first + (i * Line));
    }

    /// <summary>Bytes from a place that never moves to where the next line begins.</summary>
    internal static unsafe nint ToLine<T>(ref readonly T place) => -(nint)Unsafe.AsPointer(ref Unsafe.AsRef(in place)) & (Line - 1);
}
