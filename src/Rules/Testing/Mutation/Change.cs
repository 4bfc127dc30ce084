namespace Qualm.Rules.Testing.Mutation;

/// <summary>One replacement in the text of a rule file.</summary>
/// <param name="Span">Covers exactly <paramref name="Was"/>.</param>
internal sealed record Change(string Rule, SourceSpan Span, string Kind, string Was, string Becomes);
