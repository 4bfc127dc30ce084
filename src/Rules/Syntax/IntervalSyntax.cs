using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>Named weekly times.</summary>
/// <param name="Zone">Null for UTC.</param>
internal sealed record IntervalSyntax(Scalar Name, Scalar? Zone, ImmutableArray<IntervalSyntax.Times> Weekly)
{
    /// <summary>A stretch of some days of the week.</summary>
    /// <param name="Days">Days or ranges of them; empty for every day.</param>
    /// <param name="From">Null for the start of the day.</param>
    /// <param name="To">Null for its end.</param>
    public sealed record Times(SourceSpan Span, ImmutableArray<Scalar> Days, Scalar? From, Scalar? To);
}
