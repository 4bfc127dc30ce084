using Qualm.Rules.Binding;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Run;

/// <summary>A rule that is to be judged again when a conclusion it asks for changes.</summary>
/// <param name="Rule">Place in the agenda.</param>
/// <param name="Role">What the change is to the rule.</param>
internal sealed record Watch(int Rule, int Role, ConclusionUse Use, BoundSupport Support, BoundKey Key)
{
    /// <summary>Whether what the two keys have in common is the whole of this rule's key.</summary>
    public bool IsWhole => Use.Parts.Length == Key.Parts.Length;
}
