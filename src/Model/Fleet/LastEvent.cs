namespace Qualm.Model;

/// <summary>One of the newest events of a VM.</summary>
public readonly record struct LastEvent(string Name, Instant At, Position Position);
