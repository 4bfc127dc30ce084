namespace Qualm.Rules.Testing;

/// <summary>One expectation that was not met.</summary>
/// <param name="Expected">In the words of the test.</param>
/// <param name="Was">What holds instead.</param>
/// <param name="Nearest">The decision that comes closest; null when it would say nothing more.</param>
public sealed record RuleTestFinding(SourceSpan Span, string Expected, string Was, string? Nearest)
{
    public override string ToString() =>
        $"{Span.File}:{Span.Line}: expected {Expected}; was: {Was}{(Nearest is null ? "" : $"; nearest: {Nearest}")}";
}
