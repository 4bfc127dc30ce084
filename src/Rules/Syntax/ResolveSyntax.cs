using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>How an episode ends: any one of the alternatives.</summary>
internal sealed record ResolveSyntax(SourceSpan Span, bool Never, ImmutableArray<ResolveSyntax.Alternative> Alternatives)
{
    /// <summary>All its members together.</summary>
    public sealed record Alternative(
        SourceSpan Span, EventMatchSyntax? On, Scalar? When, Spanned<TimeSpan>? Quiet, bool SubjectGone, Spanned<TimeSpan>? For);
}
