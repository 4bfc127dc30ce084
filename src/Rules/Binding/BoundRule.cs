using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>One rule with all names looked up and all expressions compiled. Immutable.</summary>
internal sealed record BoundRule
{
    public required string Name { get; init; }

    public ConclusionKind Kind { get; init; }

    /// <summary>Names of the rules whose events it takes or whose conclusions it asks for, in ordinal order.</summary>
    public ImmutableArray<string> Sources { get; init; } = [];

    /// <summary>Length of the longest chain of rules below it; 0 for one that needs no other.</summary>
    public int Stratum { get; init; }

    /// <summary>Whether anything of it asks for what others have concluded.</summary>
    public bool Asks { get; init; }

    /// <summary>What the event it derives carries besides the key.</summary>
    public ImmutableArray<(string Name, DecisionValue Value)> Values { get; init; } = [];

    /// <summary>Whether each match is an event of its own, and no episode is kept.</summary>
    public bool IsEdge =>
        Kind == ConclusionKind.Event && Resolve.IsDefault && (Operator is BoundOperator.Each or BoundOperator.Any or BoundOperator.Steps);

    /// <summary>What it mutes while it fires.</summary>
    public ImmutableArray<BoundInhibit> Inhibits { get; init; } = [];

    /// <summary><c>file:line</c>.</summary>
    public required string Location { get; init; }

    public required ImmutableArray<string> KeyNames { get; init; }

    /// <summary>The key in the events that match.</summary>
    public required BoundKey Key { get; init; }

    /// <summary>What the operator takes; null when the operator says so itself.</summary>
    public required BoundMatch? Match { get; init; }

    public required BoundOperator Operator { get; init; }

    public required BoundResolve Resolve { get; init; }

    public required TimeSpan Lateness { get; init; }

    /// <summary>Zero when it fires at once.</summary>
    public required TimeSpan For { get; init; }

    public required TimeSpan Cooldown { get; init; }

    /// <summary>Zero when it pages once.</summary>
    public required TimeSpan Renotify { get; init; }

    /// <summary>In rising order, never empty.</summary>
    public required ImmutableArray<(Severity Severity, DecisionTest? Condition)> Ladder { get; init; }

    public required ImmutableArray<(string Name, DecisionText Text)> Labels { get; init; }

    public required ImmutableArray<(string Name, DecisionText Text)> Annotations { get; init; }

    public required string? RunbookUrl { get; init; }

    /// <summary>Indexed by <see cref="TransitionKind"/>.</summary>
    public required ImmutableArray<ImmutableArray<string>> Receivers { get; init; }

    /// <summary>Null when nobody is told.</summary>
    public BoundEscalation? Unacknowledged { get; init; }

    public required ImmutableArray<ImmutableArray<(int Part, string Value)>> Exceptions { get; init; }

    /// <summary>Whether its alerts say that something holds, rather than that something happened.</summary>
    public bool HasCondition => Operator is BoundOperator.Window or BoundOperator.Ratio or BoundOperator.Flap or BoundOperator.When;

    /// <summary>Whether the key names a VM; if not, its subject is a host, or nothing that can be gone.</summary>
    public bool SubjectIsVm => Key.Parts.Any(p => p.Source == KeySource.Vm);

    public required bool Shadow { get; init; }

    /// <summary>What becomes of its conclusions from silence while nobody can know.</summary>
    public GapPolicy OnGap { get; init; }

    /// <summary>Whether texts or ladder look at the event, so that a copy must be kept for decisions made later.</summary>
    public required bool ShowsEvent { get; init; }

    /// <summary>Whether texts or ladder may look at the steps of a match.</summary>
    public required bool ShowsSteps { get; init; }

    /// <summary>Whether texts or ladder list the different values of a window.</summary>
    public required bool ShowsMembers { get; init; }

    /// <summary>Whether the ladder looks at what was added up, which must then be kept up while it fires.</summary>
    public required bool LadderAddsUp { get; init; }

    /// <summary>Everything that decides what the rule does, as text: equal for rules that behave equally.</summary>
    public required string Definition { get; init; }

    /// <summary>How far back events can matter to what the rule does next.</summary>
    public required TimeSpan LookBack { get; init; }

    public override string ToString() => Name;
}
