using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>A copy of a decision that waits until it is known whom to tell; its memory serves again.</summary>
internal sealed class HeldDecision
{
    private readonly EpisodeTexts _texts = new();
    private string _alert = "";
    private ImmutableArray<KeyPart> _key = [];
    private TransitionKind _transition;
    private Severity _severity;
    private (Instant At, Instant DecidedAt) _times;
    private string? _runbookUrl;
    private long[] _because = [];
    private int _causes;
    private (string Rule, string? Reason) _why;
    private ImmutableArray<string> _receivers = [];
    private bool _silent;
    private (string? By, string? Note) _said;
    private (ConclusionKind Kind, string? Values) _conclusion;

    /// <summary>The VM it is about; null when it is about none.</summary>
    public VmState? Vm { get; private set; }

    /// <summary>The episode's identity as a number.</summary>
    public UInt128 Episode => _texts.EpisodeNumber;

    /// <summary>The decision, valid until another takes its place.</summary>
    public DecisionView View() => new()
    {
        Alert = _alert,
        Key = _key,
        Texts = _texts,
        Transition = _transition,
        Severity = _severity,
        At = _times.At,
        DecidedAt = _times.DecidedAt,
        RunbookUrl = _runbookUrl,
        Because = _because.AsSpan(0, _causes),
        Rule = _why.Rule,
        Reason = _why.Reason,
        Receivers = _receivers,
        Silent = _silent,
        By = _said.By,
        Note = _said.Note,
        Kind = _conclusion.Kind,
        Values = _conclusion.Values,
    };

    /// <param name="decision">That nobody has withheld yet.</param>
    /// <param name="texts">Its own.</param>
    public void Take(in DecisionView decision, EpisodeTexts texts, VmState? vm)
    {
        _texts.Take(texts);
        (_alert, _key, _transition, _severity, _times) = (decision.Alert, decision.Key, decision.Transition, decision.Severity, (decision.At, decision.DecidedAt));
        if (decision.Because.Length > _because.Length) _because = new long[decision.Because.Length];
        decision.Because.CopyTo(_because);
        (_causes, _runbookUrl, _why, _receivers) = (decision.Because.Length, decision.RunbookUrl, (decision.Rule, decision.Reason), decision.Receivers);
        (_silent, _said, _conclusion, Vm) = (decision.Silent, (decision.By, decision.Note), (decision.Kind, decision.Values), vm);
    }
}
