using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Run;

/// <summary>Puts a rule's decisions into words: severity, texts, receivers.</summary>
internal sealed class DecisionMaker(BoundRule rule, RunContext run)
{
    /// <summary>Why those are told whom it escalates to.</summary>
    public const string Unacknowledged = "unacknowledged";

    private static readonly ImmutableSortedDictionary<string, string> NoTexts = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The steps of the match at hand, for texts; null where there are none.</summary>
    public CapturedEvent?[]? Steps { get; set; }

    /// <summary>The rule's keys.</summary>
    public KeyTable? Keys { get; set; }

    /// <summary>Whether the rule leaves this key out.</summary>
    public bool IsExcepted(ImmutableArray<KeyPart> key) => !rule.Exceptions.IsEmpty && IsListed(key);

    private bool IsListed(ImmutableArray<KeyPart> key) => rule.Exceptions.Any(e => e.All(p => key[p.Part].Value == p.Value));

    /// <summary>Severity and texts at the opening.</summary>
    /// <param name="last">One of the same key, whose texts serve again where they are equal; null for none.</param>
    public void Fill(Episode episode, in EventView e, Aggregate aggregate, Episode? last = null)
    {
        var inputs = new DecisionInputs(episode.Key, aggregate, Steps) { Facts = rule.Asks ? run.Agenda?.Conclusions.Now : null };
        episode.Severity = Step(e, inputs) ?? rule.Ladder[0].Severity;
        FillTexts(episode, last ?? episode, e, inputs);
        if (rule.Kind == ConclusionKind.Event) episode.Data = DerivedData.Of(rule, episode.Key, e, inputs);
    }

    /// <summary>Moves the severity to the highest step that holds; below the lowest it stays where it is.</summary>
    /// <returns>Whether it moved.</returns>
    public bool Climb(Episode episode, in EventView e, Aggregate aggregate)
    {
        var inputs = new DecisionInputs(episode.Key, aggregate, Steps) { Facts = rule.Asks ? run.Agenda?.Conclusions.Now : null };
        if (Step(e, inputs) is not { } severity || severity == episode.Severity) return false;
        episode.Severity = severity;
        FillTexts(episode, episode, e, inputs);
        return true;
    }

    // Whoever was never told that it fires need not be told that it is over.
    private ImmutableArray<string> Receivers(Episode episode, TransitionKind kind) =>
        kind is TransitionKind.Resolved or TransitionKind.Unknown && !episode.HasPaged ? []
        : kind != TransitionKind.Resolved || episode.Owed.IsEmpty ? rule.Receivers[(int)kind]
        : [.. rule.Receivers[(int)kind], .. episode.Owed];

    public void Emit(Episode episode, TransitionKind kind, Instant at, string? reason = null)
    {
        // An event is a moment: only that it came about is told.
        if (rule.Kind == ConclusionKind.Event && kind != TransitionKind.Firing) return;
        Decide(episode, Transition(episode, kind, at, reason, Receivers(episode, kind)));
    }

    public void Acknowledge(Episode episode, OperatorCommand.Acknowledge command, Instant at, Position position) => Decide(
        episode, Transition(episode, TransitionKind.Acknowledged, at, null, rule.Receivers[(int)TransitionKind.Acknowledged])
            with
        { By = command.By, Note = command.Note, Because = [position.Value] });

    /// <summary>Tells those who are told what nobody has taken.</summary>
    public void Escalate(Episode episode, BoundEscalation escalation, Instant at)
    {
        episode.Owed = [.. episode.Owed.Union(escalation.To, StringComparer.Ordinal).Except(rule.Receivers[(int)TransitionKind.Resolved], StringComparer.Ordinal)];
        Decide(episode, Transition(episode, TransitionKind.Firing, at, Unacknowledged, escalation.To));
    }

    private void Decide(Episode episode, AlertTransition transition) => run.Decide(transition, rule.SubjectIsVm ? Keys?.Vm(episode.Slot) : null);

    private AlertTransition Transition(Episode episode, TransitionKind kind, Instant at, string? reason, ImmutableArray<string> receivers) => new(
        rule.Name, episode.Key, episode.Id, kind, episode.Severity, at, run.Now, episode.Summary, episode.Annotations, episode.Labels,
        rule.RunbookUrl, run.Agenda?.Causes(rule, episode.Because) ?? episode.Because, rule.Location, reason, receivers, rule.Shadow)
    {
        Kind = rule.Kind,
        Values = episode.Data?.Values,
    };

    private Severity? Step(in EventView e, in DecisionInputs inputs)
    {
        for (var i = rule.Ladder.Length - 1; i >= 0; i--)
        {
            if (rule.Ladder[i].Condition is not { } condition || condition.Holds(e, inputs)) return rule.Ladder[i].Severity;
        }

        return null;
    }

    private void FillTexts(Episode episode, Episode before, in EventView e, in DecisionInputs inputs)
    {
        episode.Annotations = Filled(rule.Annotations, before.Annotations, e, inputs);
        episode.Labels = Filled(rule.Labels, before.Labels, e, inputs);
        episode.Summary = episode.Annotations.GetValueOrDefault("summary", rule.Name);
    }

    // Equal texts are told again and again: what was said before is said in the same strings.
    private static ImmutableSortedDictionary<string, string> Filled(
        ImmutableArray<(string Name, DecisionText Text)> texts, ImmutableSortedDictionary<string, string> before, in EventView e, in DecisionInputs inputs)
    {
        var filled = before.Count == texts.Length && ReferenceEquals(before.KeyComparer, StringComparer.Ordinal) ? before : NoTexts;
        foreach (var (name, text) in texts) filled = filled.SetItem(name, text.Fill(e, inputs, filled.GetValueOrDefault(name)));
        // The rule as it was may have told other texts.
        return filled.Count == texts.Length || ReferenceEquals(before, NoTexts) ? filled : Filled(texts, NoTexts, e, inputs);
    }
}
