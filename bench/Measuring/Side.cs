namespace Qualm.Bench.Measuring;

/// <summary>One of those that are measured against each other.</summary>
/// <param name="Items">What one run takes in: events, rows, lines.</param>
/// <param name="RunAsync">One run; may be called any number of times.</param>
internal sealed record Side(string Name, long Items, Func<Task> RunAsync)
{
    /// <summary>Called before each run and not measured; null for nothing.</summary>
    public Action? Prepare { get; init; }

    public static Side Of(string name, long items, Action run) => new(name, items, () =>
    {
        run();
        return Task.CompletedTask;
    });
}
