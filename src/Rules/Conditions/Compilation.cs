using System.Collections.Immutable;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>What became of a text that was to be compiled.</summary>
/// <param name="Result">Null when there are errors.</param>
/// <param name="Errors">In the order of the text, places counted in it.</param>
/// <param name="Doubts">What is allowed but unwise: optional members read without a guard.</param>
public sealed record Compilation<TResult>(TResult? Result, ImmutableArray<CelDiagnostic> Errors, ImmutableArray<CelDiagnostic> Doubts)
    where TResult : class;
