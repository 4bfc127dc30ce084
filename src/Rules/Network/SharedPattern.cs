using System.Collections.Immutable;
using Qualm.Rules.Binding;
using Qualm.Rules.Run;

namespace Qualm.Rules.Network;

/// <summary>Events that several rules count or await in the same way.</summary>
/// <param name="Identity">Equal for equal patterns under equal keys.</param>
/// <param name="Table">Index of the table of its keys.</param>
/// <param name="Keep">How long after its stamp an event may matter to one of the rules, in microseconds.</param>
/// <param name="Limits">Below all of them no rule has anything to decide of a key of which it remembers nothing.</param>
internal sealed record SharedPattern(string Identity, int Table, long Keep, ImmutableArray<WindowLimit> Limits)
{
    /// <summary>The pattern of a rule whose events may be kept for it elsewhere, alone.</summary>
    /// <returns>Null when the rule keeps its events itself.</returns>
    public static SharedPattern? Of(BoundRule rule, int role, BoundMatch match, int table)
    {
        // Derived events come in the middle of a pass and enter no log.
        if (!match.Key.Complete || match.Any || match.Where is { Conclusions.IsEmpty: false } || match.Events.Any(DerivedEvents.IsDerived)) return null;
        var (keep, limits) = rule.Operator switch
        {
            _ when role >= RuleRunner.ResolveRole => (EndsAlone(rule, role) ? RunContext.Slack : 0, ImmutableArray<WindowLimit>.Empty),
            BoundOperator.Window { Kind: WindowKind.Sliding, Function: WindowFunction.Count, OnArrival: true } window when role == RuleRunner.MatchRole =>
                (Micros(window.Within + rule.Lateness) + RunContext.Slack, [new WindowLimit(window.AtLeast, Micros(window.Within))]),
            BoundOperator.Absent { HasOpener: true } absent when role == AbsentRunner.AwaitedRole =>
                (Micros(absent.Within + rule.Lateness) + RunContext.Slack, []),
            _ => (0, []),
        };
        if (keep == 0) return null;
        var events = string.Join('|', match.Events.Select(e => e.Name));
        return new SharedPattern($"{table}\n{match.Key.Identity}\n{events}\n{match.Where?.Identity}", table, keep, limits);
    }

    /// <summary>For the rules of both.</summary>
    public SharedPattern With(SharedPattern other) => this with { Keep = Math.Max(Keep, other.Keep), Limits = [.. Limits.Union(other.Limits).OrderBy(l => l.AtLeast)] };

    /// <summary>Whether an event of the pattern may go no further when nothing is known of its key: unless it does something else for the same rule before.</summary>
    public static bool MayDrop(BoundRule rule, int role, BoundMatch match) =>
        DispatchNetwork.Patterns(rule).All(p => p.Role == role || (rule.Operator is BoundOperator.Absent { HasOpener: true } && p.Role != RuleRunner.MatchRole) || !Overlap(p.Match, match));

    private static bool EndsAlone(BoundRule rule, int role) =>
        rule.Resolve.Alternatives.Count(a => a.On is not null) == 1 && rule.Resolve.Alternatives[role - RuleRunner.ResolveRole].When is null;

    private static bool Overlap(BoundMatch one, BoundMatch other) => one.Any || other.Any || one.Events.Any(other.Events.Contains);

    private static long Micros(TimeSpan length) => length.Ticks / TimeSpan.TicksPerMicrosecond;
}
