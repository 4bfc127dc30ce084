using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Lint;

/// <summary>How many events of a kind QEMU can send at most (QMP specification, rate limiting; the limits are those of the catalogue).</summary>
internal static class Throttle
{
    /// <returns>The most events of one key of the rule that can lie in any stretch of event time so long; null when nothing bounds them.</returns>
    public static long? MostIn(BoundMatch match, TimeSpan length)
    {
        if (match.Any || !match.Key.Parts.Any(p => p.Source == KeySource.Vm)) return null;
        var most = 0L;
        foreach (var schema in match.Events)
        {
            if (schema.RateLimit is not { } limit || !IsOneLimit(schema, limit, match)) return null;

            // The first of a burst comes at once, the last of each period at its end with its own time: one more than periods fit.
            most += (long)Math.Ceiling(length / limit.Period) + 1;
        }

        return most;
    }

    // Each value of the limit's member has a limit of its own: only a rule that looks at one of them knows a bound.
    // A member that some versions of QEMU lack limits nothing there.
    private static bool IsOneLimit(EventSchema schema, RateLimit limit, BoundMatch match)
    {
        if (limit.Key is not { } name) return true;
        if (schema.Find(name) is not { Optional: false } member) return false;
        return match.Key.Parts.Any(p => p.Source == KeySource.Member && p.Members[schema.Id] == member)
            || LintedRule.Clauses(match).Any(c => c.MemberTest is { Comparison: CelComparison.Equal } test && test.Path == member.Path);
    }

    /// <summary>What limits these events, for people.</summary>
    public static string Describe(ImmutableArray<EventSchema> events) =>
        $"QEMU sends at most one {string.Join(" and one ", events.Select(e => e.Name + (e.RateLimit!.Key is { } key ? $" of each {key}" : "")))} a second";
}
