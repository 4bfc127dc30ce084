using System.Diagnostics;

namespace Qualm.Engine.Tests;

/// <summary>Waiting for something to become true, up to a deadline.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task TrueAsync(Func<bool> condition)
    {
        var since = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(since) > Patience) throw new TimeoutException("it never became true");
            await Task.Delay(5);
        }
    }
}
