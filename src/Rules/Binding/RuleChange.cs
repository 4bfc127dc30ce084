namespace Qualm.Rules.Binding;

/// <summary>Whether a rule of the next set is the one that runs already, so that it may keep its state.</summary>
internal static class RuleChange
{
    // What a decision says and whom it tells is no part of what the rule remembers; it counts from the next decision on.
    private static readonly string[] Said = ["label ", "annotation ", "runbook: ", "tell: ", "tell of ", "mute: "];

    /// <summary>Whether the rule finds, keeps up and ends the same alerts as before, and remembers the same of events for its texts.</summary>
    public static bool IsSame(BoundRule before, BoundRule next) =>
        Remembers(before) == Remembers(next) && (before.Definition == next.Definition || Behaviour(before).SequenceEqual(Behaviour(next)));

    /// <summary>Whether an alert of the rule before is one of the next rule: found by the same key, and told or withheld alike.</summary>
    public static bool HasSameAlerts(BoundRule before, BoundRule next) =>
        before.Kind == next.Kind && before.Key.Identity == next.Key.Identity && before.Shadow == next.Shadow;

    private static (bool Event, bool Steps, bool Members, bool AddsUp) Remembers(BoundRule rule) =>
        (rule.ShowsEvent, rule.ShowsSteps, rule.ShowsMembers, rule.LadderAddsUp);

    /// <summary>Lines of the definition that say what the rule finds, not what it says of it.</summary>
    public static IEnumerable<string> Behaviour(BoundRule rule) =>
        rule.Definition.Split('\n').Where(line => !Said.Any(said => line.StartsWith(said, StringComparison.Ordinal)));
}
