namespace Qualm.Rules.Syntax;

/// <summary>A named expression.</summary>
internal sealed record MacroSyntax(Scalar Name, Scalar Text);
