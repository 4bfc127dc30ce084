using System.Collections.Immutable;

namespace Qualm.Model;

/// <summary>A decision: one alert changed. An event of the alert's stream.</summary>
/// <param name="Alert">Name of the rule that decided.</param>
/// <param name="Key">In the order of the rule's <c>by</c>.</param>
/// <param name="Episode">See <see cref="AlertId.Episode"/>; also the deduplication key of every delivery about it.</param>
/// <param name="At">Event time of what happened.</param>
/// <param name="DecidedAt">Stamp of the input that completed it, or due time of the deadline that did; never a tick's.</param>
/// <param name="Summary">The rule's <c>summary</c> annotation, filled in; the rule's name when it has none.</param>
/// <param name="Annotations">All texts, filled in, <c>summary</c> included.</param>
/// <param name="Because">Positions of the events that caused it, ascending, the newest if they were many.</param>
/// <param name="Rule">Where the rule stands: <c>file:line</c>.</param>
/// <param name="Reason">Why it resolved or became unknown: <c>event</c>, <c>quiet</c>, <c>condition</c>, <c>gap</c>, <c>late</c>, <c>rule_removed</c>, <c>subject_gone</c>; for a firing <c>gap</c> where the state found after a gap decided it, <c>unacknowledged</c> where nobody took it in time, else null.</param>
/// <param name="Receivers">Names of who is to be told, for this kind of transition.</param>
/// <param name="Silent">Recorded, never delivered: a rule in shadow mode, or one being warmed.</param>
public sealed record AlertTransition(
    string Alert,
    ImmutableArray<KeyPart> Key,
    string Episode,
    TransitionKind Transition,
    Severity Severity,
    Instant At,
    Instant DecidedAt,
    string Summary,
    ImmutableSortedDictionary<string, string> Annotations,
    ImmutableSortedDictionary<string, string> Labels,
    string? RunbookUrl,
    ImmutableArray<long> Because,
    string Rule,
    string? Reason,
    ImmutableArray<string> Receivers,
    bool Silent)
{
    /// <summary>Who acknowledged it; null for every other transition.</summary>
    public string? By { get; init; }

    /// <summary>What they said about it; null for every other transition.</summary>
    public string? Note { get; init; }

    /// <summary>What changed: an alert, or a fact; or, always <see cref="TransitionKind.Firing"/>, an event that was derived. Only alerts are delivered.</summary>
    public ConclusionKind Kind { get; init; }

    /// <summary>What a derived event carries besides its key, as a JSON object; null when that is nothing, and for everything else.</summary>
    public string? Values { get; init; }

    /// <summary>Name of the alert that muted this one when it was decided, so that nobody was told; null when none did. The transition itself is the same either way.</summary>
    public string? WithheldBy { get; init; }

    /// <summary>Identity of the alert over all its episodes.</summary>
    public string Id => AlertId.Of(Alert, Key);
}
