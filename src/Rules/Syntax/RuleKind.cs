namespace Qualm.Rules.Syntax;

/// <summary>What a rule makes.</summary>
internal enum RuleKind
{
    Alert,
    Emit,
    Fact,
}
