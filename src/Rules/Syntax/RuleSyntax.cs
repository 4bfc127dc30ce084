using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>One rule as it is written, the defaults of its group filled in. Names are not yet looked up.</summary>
internal sealed record RuleSyntax
{
    public required SourceSpan Span { get; init; }

    /// <summary>What it was read from.</summary>
    public required Node.Map Map { get; init; }

    /// <summary>Places of the overrides that are merged into it, in the order in which they apply.</summary>
    public ImmutableArray<SourceSpan> Overrides { get; init; } = [];

    public required RuleKind Kind { get; init; }

    public required Scalar Name { get; init; }

    /// <summary>Empty when not given.</summary>
    public required ImmutableArray<Scalar> On { get; init; }

    public Scalar? Where { get; init; }

    public required ImmutableArray<KeyValuePair<Scalar, Scalar>> Vars { get; init; }

    /// <summary>Null when not given.</summary>
    public ImmutableArray<KeyValuePair<Scalar?, Scalar>>? By { get; init; }

    public required OperatorSyntax Operator { get; init; }

    public Spanned<TimeSpan>? Within { get; init; }

    /// <summary>As written; null when not given.</summary>
    public Scalar? Window { get; init; }

    public Spanned<TimeSpan>? Gap { get; init; }

    public Spanned<TimeSpan>? For { get; init; }

    public Scalar? Skip { get; init; }

    public ResolveSyntax? Resolve { get; init; }

    public Spanned<TimeSpan>? Cooldown { get; init; }

    public Spanned<TimeSpan>? Renotify { get; init; }

    public Spanned<TimeSpan>? Lateness { get; init; }

    /// <summary>In rising order; empty when not given.</summary>
    public required ImmutableArray<SeveritySyntax> Severity { get; init; }

    public required ImmutableArray<KeyValuePair<Scalar, Scalar>> Labels { get; init; }

    public required ImmutableArray<KeyValuePair<Scalar, Scalar>> Annotations { get; init; }

    /// <summary>What a derived event carries besides its key.</summary>
    public required ImmutableArray<KeyValuePair<Scalar, Scalar>> Values { get; init; }

    public Scalar? RunbookUrl { get; init; }

    public required ImmutableArray<ActionsSyntax> Actions { get; init; }

    public required ImmutableArray<ExceptionSyntax> Exceptions { get; init; }

    public required ImmutableArray<InhibitSyntax> Inhibits { get; init; }

    public Spanned<GapPolicy>? OnGap { get; init; }

    public RuleMode Mode { get; init; }

    public required ImmutableArray<Scalar> Tags { get; init; }
}
