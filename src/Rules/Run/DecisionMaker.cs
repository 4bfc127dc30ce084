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

    // What is put together at the moment, and where each text of it ends.
    private readonly TextBuffer _text = new();
    private readonly int[] _ends = new int[rule.Annotations.Length + rule.Labels.Length];

    /// <summary>The steps of the match at hand, for texts; null where there are none.</summary>
    public CapturedEvent?[]? Steps { get; set; }

    /// <summary>The rule's keys.</summary>
    public KeyTable? Keys { get; set; }

    /// <summary>Whether the rule leaves this key out.</summary>
    public bool IsExcepted(ImmutableArray<KeyPart> key) => !rule.Exceptions.IsEmpty && IsListed(key);

    private bool IsListed(ImmutableArray<KeyPart> key) => rule.Exceptions.Any(e => e.All(p => key[p.Part].Value == p.Value));

    /// <summary>Severity and texts at the opening.</summary>
    public void Fill(Episode episode, in EventView e, Aggregate aggregate)
    {
        var inputs = new DecisionInputs(episode.Key, aggregate, Steps) { Facts = rule.Asks ? run.Agenda?.Conclusions.Now : null };
        episode.Severity = Step(e, inputs) ?? rule.Ladder[0].Severity;
        FillTexts(episode, e, inputs);
        if (rule.Kind == ConclusionKind.Event) episode.Data = DerivedData.Of(rule, episode.Key, e, inputs);
    }

    /// <summary>Moves the severity to the highest step that holds; below the lowest it stays where it is.</summary>
    /// <returns>Whether it moved.</returns>
    public bool Climb(Episode episode, in EventView e, Aggregate aggregate)
    {
        var inputs = new DecisionInputs(episode.Key, aggregate, Steps) { Facts = rule.Asks ? run.Agenda?.Conclusions.Now : null };
        if (Step(e, inputs) is not { } severity || severity == episode.Severity) return false;
        episode.Severity = severity;
        FillTexts(episode, e, inputs);
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
        Decide(episode, View(episode, kind, at, reason, Receivers(episode, kind)));
    }

    public void Acknowledge(Episode episode, OperatorCommand.Acknowledge command, Instant at, Position position)
    {
        ReadOnlySpan<long> because = [position.Value];
        var view = View(episode, TransitionKind.Acknowledged, at, null, rule.Receivers[(int)TransitionKind.Acknowledged]);
        Decide(episode, view with { By = command.By, Note = command.Note, Because = because });
    }

    /// <summary>Tells those who are told what nobody has taken.</summary>
    public void Escalate(Episode episode, BoundEscalation escalation, Instant at)
    {
        episode.Owed = [.. episode.Owed.Union(escalation.To, StringComparer.Ordinal).Except(rule.Receivers[(int)TransitionKind.Resolved], StringComparer.Ordinal)];
        Decide(episode, View(episode, TransitionKind.Firing, at, Unacknowledged, escalation.To));
    }

    private void Decide(Episode episode, in DecisionView decision) => run.Decide(decision, episode.Texts, rule.SubjectIsVm ? Keys?.Vm(episode.Slot) : null);

    private DecisionView View(Episode episode, TransitionKind kind, Instant at, string? reason, ImmutableArray<string> receivers) => new()
    {
        Alert = rule.Name,
        Key = episode.Key,
        Texts = episode.Texts,
        Transition = kind,
        Severity = episode.Severity,
        At = at,
        DecidedAt = run.Now,
        RunbookUrl = rule.RunbookUrl,
        Because = run.Agenda is { } agenda ? agenda.Causes(rule, episode.Because) : episode.Because,
        Rule = rule.Location,
        Reason = reason,
        Receivers = receivers,
        Silent = rule.Shadow,
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

    private void FillTexts(Episode episode, in EventView e, in DecisionInputs inputs)
    {
        _text.Clear();
        Fill(rule.Annotations, 0, e, inputs);
        Fill(rule.Labels, rule.Annotations.Length, e, inputs);
        episode.Texts.Take(rule, _text.Text, _ends);
    }

    private void Fill(ImmutableArray<(string Name, DecisionText Text)> texts, int from, in EventView e, in DecisionInputs inputs)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            if (texts[i].Text.Constant is null) texts[i].Text.Fill(e, inputs, _text);
            _ends[from + i] = _text.Length;
        }
    }
}
