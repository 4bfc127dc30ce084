using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Testing;

/// <summary>Says whether two runs of one test decided the same, by event: which inputs caused what, not when they were received.</summary>
/// <param name="start">Event time that offsets are counted from.</param>
public sealed class RuleTestOutcome(Instant start)
{
    private readonly TranscriptText _words = new(start);

    /// <param name="until">Event time up to which both runs have decided everything; what is later is not compared.</param>
    /// <returns>The first difference in words; null when there is none.</returns>
    public string? Differs(RuleTestRun expected, RuleTestRun actual, Instant until)
    {
        var (before, after) = (Lines(expected, until), Lines(actual, until));
        if (FirstBut(before, after) is { } missing) return FirstBut(after, before) is { } instead ? $"{missing} became {instead}" : $"{missing} is not decided any more";
        return FirstBut(after, before) is { } added ? $"{added} is decided in addition" : null;
    }

    private ImmutableArray<string> Lines(RuleTestRun run, Instant until) => [.. run.Decisions.Where(d => d.At <= until).OrderBy(d => d.At).Select(_words.Of)];

    // The first line that occurs more often than in the others.
    private static string? FirstBut(ImmutableArray<string> lines, ImmutableArray<string> others)
    {
        var left = others.CountBy(l => l).ToDictionary(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            if (left.GetValueOrDefault(line) == 0) return line;
            left[line]--;
        }

        return null;
    }
}
