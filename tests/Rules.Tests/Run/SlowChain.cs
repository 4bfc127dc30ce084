namespace Qualm.Rules.Tests.Run;

/// <summary>
/// The chain of <see cref="ChainProperties"/>, worked out rule by rule over whole histories: each rule's intervals are known
/// for all time before the rule above it is looked at.
/// </summary>
internal sealed class SlowChain
{
    private readonly Dictionary<string, List<(long At, string Name)>> _events = new(StringComparer.Ordinal);

    private sealed record Span(long From, long To);

    public void Add(long at, string name, string vm)
    {
        if (!_events.TryGetValue(vm, out var events)) _events[vm] = events = [];
        events.Add((at, name));
    }

    public string[] Finish()
    {
        var lines = new List<string>();
        foreach (var (vm, events) in _events) Work(vm, events, lines);
        lines.Sort(StringComparer.Ordinal);
        return [.. lines];
    }

    private static void Work(string vm, List<(long At, string Name)> events, List<string> lines)
    {
        var trouble = Between(events, "RESET", "RESUME");
        var stops = events.Where(e => e.Name == "STOP" && !trouble.Any(t => t.From <= e.At && e.At < t.To)).Select(e => e.At).ToList();
        var bursts = Windows(stops, 2, 10_000);
        var bursting = Windows([.. bursts.Select(b => b.From)], 2, 30_000);
        var noisy = Union([.. trouble, .. bursting]);

        Say(lines, vm, "Trouble", trouble);
        foreach (var burst in bursts) lines.Add($"{burst.From:D9} Burst {vm} Firing");
        Say(lines, vm, "Bursting", bursting);
        Say(lines, vm, "Noisy", noisy);
    }

    private static void Say(List<string> lines, string vm, string name, List<Span> spans)
    {
        foreach (var span in spans)
        {
            lines.Add($"{span.From:D9} {name} {vm} Firing");
            if (span.To != long.MaxValue) lines.Add($"{span.To:D9} {name} {vm} Resolved");
        }
    }

    private static List<Span> Between(List<(long At, string Name)> events, string open, string close)
    {
        var spans = new List<Span>();
        long? from = null;
        foreach (var (at, name) in events)
        {
            if (name == open) from ??= at;
            if (name != close || from is not { } opened) continue;
            spans.Add(new Span(opened, at));
            from = null;
        }

        if (from is { } last) spans.Add(new Span(last, long.MaxValue));
        return spans;
    }

    // Stretches in which so many lie in the window; an event serves one of them.
    private static List<Span> Windows(List<long> times, int atLeast, long within)
    {
        var spans = new List<Span>();
        var window = new List<long>();
        long? from = null;
        foreach (var at in times.Append(long.MaxValue))
        {
            if (from is { } opened)
            {
                var falls = window[^atLeast] + within;
                if (at >= falls)
                {
                    spans.Add(new Span(opened, falls));
                    (from, window) = (null, []);
                }
            }

            if (at == long.MaxValue) break;
            window.Add(at);
            if (from is null && window.Count(t => t > at - within) >= atLeast) from = at;
        }

        return spans;
    }

    private static List<Span> Union(List<Span> spans)
    {
        var union = new List<Span>();
        foreach (var span in spans.OrderBy(s => s.From))
        {
            if (union.Count > 0 && span.From <= union[^1].To)
            {
                if (span.To > union[^1].To) union[^1] = union[^1] with { To = span.To };
            }
            else
            {
                union.Add(span);
            }
        }

        return union;
    }
}
