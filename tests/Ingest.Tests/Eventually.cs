using System.Runtime.CompilerServices;

namespace Qualm.Ingest.Tests;

/// <summary>Waits for what other threads bring about, with a deadline of real time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static async Task True(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Deadline) throw new TimeoutException($"not in time: {what}");
            await Task.Delay(1);
        }
    }

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Deadline);

    public static Task InTime(this Task task) => task.WaitAsync(Deadline);
}
