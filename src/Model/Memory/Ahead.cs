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
    public const int Batch = 16;

    private const int Line = 64;

    /// <summary>The line that holds a place in an array.</summary>
    public static unsafe void Fetch<T>(ref readonly T place)
    {
        // An address is only a hint here: should the collector move the array meanwhile, the wrong line is fetched.
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
    }

    /// <summary>The first lines of an object.</summary>
    /// <param name="lines">How many, of 64 bytes.</param>
    public static void Fetch(object target, int lines)
    {
        ref var first = ref Unsafe.As<StrongBox<byte>>(target).Value;
        for (var i = 0; i < lines; i++) Fetch(ref Unsafe.AddByteOffset(ref first, i * Line));
    }
}
