using System.Diagnostics;

namespace Qualm.Acceptance.Tests.Support;

/// <summary>Waiting for something to become true, up to a deadline.</summary>
internal static class Wait
{
    /// <summary>How long anything may take that the tests do not measure, on a machine that is busy.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <param name="what">What is waited for, as it stands in the failure.</param>
    public static Task UntilAsync(Func<bool> condition, string what, TimeSpan? patience = null) =>
        UntilAsync(() => Task.FromResult(condition()), what, patience);

    public static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? patience = null)
    {
        var limit = patience ?? Patience;
        var since = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(since) > limit) throw new TimeoutException($"after {limit.TotalSeconds:0.#} s still not: {what}");
            await Task.Delay(Pause);
        }
    }

    /// <summary>Waits until there is one, and returns it.</summary>
    public static async Task<T> ForAsync<T>(Func<Task<T?>> find, string what, TimeSpan? patience = null)
        where T : class
    {
        T? found = null;
        await UntilAsync(async () => (found = await find()) is not null, what, patience);
        return found!;
    }
}
