namespace Qualm.Rules.Syntax;

/// <summary>A value read from a rule file and where it stands.</summary>
internal readonly record struct Spanned<T>(T Value, SourceSpan Span);
