using Qualm.Model;

namespace Qualm.Rules.Testing.Mutation;

/// <summary>A rule set with one small change. Tests that still pass do not test what was changed.</summary>
/// <param name="Rule">Name of the rule, or of the macro, it was made in.</param>
/// <param name="Span">What was changed.</param>
/// <param name="Kind"><c>threshold</c>, <c>window</c>, <c>operator</c>, <c>event</c> or <c>text</c>.</param>
public sealed record RuleMutant(string Rule, SourceSpan Span, string Kind, string Was, string Becomes, RuleSetText Text);
