using System.Collections.Immutable;

namespace Qualm.Rules.Binding;

/// <summary>The keys of one rule, projected to some of their parts, as other rules ask for what it concludes.</summary>
/// <param name="Rule">Name of the rule that concludes.</param>
/// <param name="Names">Of the parts, in the order of its key.</param>
/// <param name="Parts">Where they are in its key.</param>
internal sealed record BoundSupport(string Rule, ImmutableArray<string> Names, ImmutableArray<int> Parts);
