using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>All files of a set together.</summary>
/// <param name="Rules">In the order of the files, overrides merged in.</param>
/// <param name="Declarations">Of each file, in the order of the files.</param>
internal sealed record RuleSetSyntax(ImmutableArray<RuleSyntax> Rules, ImmutableArray<DeclarationsSyntax> Declarations);
