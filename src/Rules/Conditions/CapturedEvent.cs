using Qualm.Model;

namespace Qualm.Rules.Conditions;

/// <summary>An earlier event of a sequence, kept with no more of its data than conditions read. See <see cref="CapturePlan"/>.</summary>
/// <param name="Data">The bytes the slots lie in; the whole data when the plan says so.</param>
/// <param name="Slots">By <see cref="MemberSchema.Slot"/>; those past the end are absent.</param>
/// <param name="Vm">Id of its VM; null for events about a host or the engine.</param>
public sealed record CapturedEvent(
    EventSchema? Schema, string Name, Instant At, Position Position, ReadOnlyMemory<byte> Data, ReadOnlyMemory<MemberSlot> Slots, string? Vm, string Source);
