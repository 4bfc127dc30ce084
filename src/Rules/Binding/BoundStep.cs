namespace Qualm.Rules.Binding;

/// <summary>One step of a sequence or of all.</summary>
/// <param name="Join">What of its condition looks at other steps; null when nothing does.</param>
/// <param name="Unless">It must not happen between the steps around it.</param>
internal sealed record BoundStep(string Name, BoundMatch Match, JoinTest? Join, bool Unless)
{
    public override string ToString() => $"{(Unless ? "unless" : Name)}: {Match}{(Join is null ? "" : $" where {Join.Identity}")}";
}
