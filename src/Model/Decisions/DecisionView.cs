using System.Collections.Immutable;

namespace Qualm.Model;

/// <summary>
/// A decision as it is handed over: one alert changed. It lies in memory that is used again, so it is valid during the
/// call it is passed to; what is to stay is made by <see cref="Keep"/>. Its members are those of <see cref="AlertTransition"/>.
/// </summary>
public readonly ref struct DecisionView
{
    public required string Alert { get; init; }

    public required ImmutableArray<KeyPart> Key { get; init; }

    /// <summary>The episode's identity, and all that is said.</summary>
    public required DecisionTexts Texts { get; init; }

    public required TransitionKind Transition { get; init; }

    public required Severity Severity { get; init; }

    public required Instant At { get; init; }

    public required Instant DecidedAt { get; init; }

    public string? RunbookUrl { get; init; }

    public ReadOnlySpan<long> Because { get; init; }

    public required string Rule { get; init; }

    public string? Reason { get; init; }

    public required ImmutableArray<string> Receivers { get; init; }

    public bool Silent { get; init; }

    public string? By { get; init; }

    public string? Note { get; init; }

    public ConclusionKind Kind { get; init; }

    public string? Values { get; init; }

    public string? WithheldBy { get; init; }

    /// <summary>The same, to stay.</summary>
    public AlertTransition Keep() => new(
        Alert, Key, Texts.Episode, Transition, Severity, At, DecidedAt, Texts.Summary, Texts.Annotations, Texts.Labels,
        RunbookUrl, [.. Because], Rule, Reason, Receivers, Silent)
    {
        By = By,
        Note = Note,
        Kind = Kind,
        Values = Values,
        WithheldBy = WithheldBy,
    };
}
