namespace Qualm.Model;

/// <summary>Where the value of a member lies in <see cref="EventView.Data"/>.</summary>
/// <param name="Start">First byte, from the start of the data.</param>
/// <param name="Length">In bytes.</param>
public readonly record struct MemberSlot(SlotKind Kind, int Start, int Length);
