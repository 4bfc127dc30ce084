using System.Collections.Immutable;

namespace Qualm.Rules.Binding;

/// <summary>A tuple of key expressions. Rules with equal keys share one block of state a key.</summary>
/// <param name="Complete">False when it lacks parts of the rule's key: then it stands for every key that agrees in the others.</param>
internal sealed record BoundKey(ImmutableArray<BoundKeyPart> Parts, bool Complete)
{
    /// <summary>Equal for equal tuples.</summary>
    public string Identity { get; } = string.Join(", ", Parts.Select(p => $"{p.Name}: {p.Text}"));

    public bool IsVm => Parts is [{ Source: KeySource.Vm }];

    public override string ToString() => Identity;
}
