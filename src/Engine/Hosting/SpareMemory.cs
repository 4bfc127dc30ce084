using System.Runtime.InteropServices;

namespace Qualm.Engine.Hosting;

/// <summary>
/// Gives back what a burst has left, once it is over. A start, or thousands of monitors that come at once, leave garbage that
/// the collector sees no reason to clear while nothing more is asked of it. Only a small service does so: what a collection
/// takes grows with what lives, and turns wait for it.
/// </summary>
internal sealed class SpareMemory(TimeProvider time)
{
    /// <summary>Nothing is collected while more than this is in use, in bytes; below, it takes about a tenth of a second.</summary>
    private const long MostUsed = 160 << 20;

    /// <summary>What must have been asked of the system since the last time, in bytes.</summary>
    private const long Worthwhile = 8 << 20;

    /// <summary>It is quiet when no more than this was allocated since the last look, in bytes.</summary>
    private const long Little = 4 << 20;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private long _allocated;
    private long _kept;

    /// <summary>Looks now and then until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (!IsDue(GC.GetTotalAllocatedBytes(), GC.GetTotalMemory(forceFullCollection: false), Committed)) continue;
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                GiveBack();
                _kept = Committed;
            }
        }
        catch (OperationCanceledException)
        {
            // It stops.
        }
    }

    /// <summary>Whether it is quiet, and something is to be had. Called at regular times.</summary>
    /// <param name="allocated">Since the process began.</param>
    /// <param name="used">By objects, dead ones included.</param>
    /// <param name="committed">What the system has given for them.</param>
    internal bool IsDue(long allocated, long used, long committed)
    {
        var quiet = allocated - _allocated <= Little;
        _allocated = allocated;
        return quiet && used <= MostUsed && committed - _kept >= Worthwhile;
    }

    private static long Committed => GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes;

    // What the compiler and the sockets had needed is kept by the C library else.
    private static void GiveBack()
    {
        try
        {
            _ = Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Not the library that has it.
        }
        catch (DllNotFoundException)
        {
            // Nor that.
        }
    }

    [DllImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Trim(nuint pad);
}
