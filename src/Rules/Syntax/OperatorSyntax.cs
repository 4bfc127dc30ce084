using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>The one operator of a rule.</summary>
/// <param name="Span">Of its key; of the rule's name for <see cref="Each"/>.</param>
internal abstract record OperatorSyntax(SourceSpan Span)
{
    /// <summary>One that could not be read; what is wrong has been said.</summary>
    public sealed record Faulty(SourceSpan Span) : OperatorSyntax(Span);

    public sealed record Each(SourceSpan Span) : OperatorSyntax(Span);

    public sealed record Count(SourceSpan Span, Spanned<Comparison> Is) : OperatorSyntax(Span);

    /// <param name="Function">distinct, sum, avg, min or max.</param>
    public sealed record Aggregate(SourceSpan Span, string Function, Scalar Of, Spanned<Comparison> Is) : OperatorSyntax(Span);

    /// <param name="Numerator">What is counted.</param>
    /// <param name="Distinct">Count different values of this; null counts events.</param>
    public sealed record Ratio(
        SourceSpan Span, EventMatchSyntax Numerator, Scalar? Distinct, Scalar Denominator, Spanned<Comparison> Is, Spanned<double>? Min) : OperatorSyntax(Span);

    public sealed record Sequence(SourceSpan Span, ImmutableArray<StepSyntax> Steps) : OperatorSyntax(Span);

    public sealed record All(SourceSpan Span, ImmutableArray<StepSyntax> Steps) : OperatorSyntax(Span);

    public sealed record Any(SourceSpan Span, ImmutableArray<EventMatchSyntax> Branches) : OperatorSyntax(Span);

    public sealed record Absent(SourceSpan Span, EventMatchSyntax Awaited) : OperatorSyntax(Span);

    public sealed record Flap(
        SourceSpan Span, Scalar Value, Spanned<double> History, Spanned<double> High, Spanned<double> Low) : OperatorSyntax(Span);

    public sealed record When(SourceSpan Span, Scalar Condition) : OperatorSyntax(Span);
}
