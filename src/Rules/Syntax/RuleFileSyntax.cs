using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>One rule file.</summary>
internal sealed record RuleFileSyntax(string Path, ImmutableArray<RuleSyntax> Rules)
{
    public DeclarationsSyntax Declarations { get; init; } = DeclarationsSyntax.None;

    /// <summary>Parts of rules of earlier files, in the order of the file.</summary>
    public ImmutableArray<RuleSyntax> Overrides { get; init; } = [];
}
