using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>One rule file.</summary>
internal sealed record RuleFileSyntax(string Path, ImmutableArray<RuleSyntax> Rules);
