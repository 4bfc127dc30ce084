using System.Collections.Immutable;

namespace Qualm.Rules.Binding;

/// <summary>One rule that another mutes while it fires.</summary>
/// <param name="Target">Name of the rule that is muted.</param>
/// <param name="Equal">What must be equal, of the one that mutes and of the one that is muted.</param>
internal sealed record BoundInhibit(string Target, ImmutableArray<(SubjectValue Own, SubjectValue Other)> Equal);
