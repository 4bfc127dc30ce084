using Qualm.Model;

namespace Qualm.Rules.Syntax;

/// <summary>One step of a severity ladder; a single severity is a ladder of one step without condition.</summary>
internal sealed record SeveritySyntax(Spanned<Severity> Severity, Scalar? Condition);
