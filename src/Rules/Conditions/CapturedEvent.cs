using Qualm.Model;

namespace Qualm.Rules.Conditions;

/// <summary>An earlier event of a sequence, kept with no more of its data than conditions read. See <see cref="CapturePlan"/>.</summary>
/// <param name="Data">The bytes the slots lie in; the whole data when the plan says so.</param>
/// <param name="Slots">By <see cref="MemberSchema.Slot"/>; those past the end are absent.</param>
/// <param name="Vm">Id of its VM; null for events about a host or the engine.</param>
public sealed record CapturedEvent(
    EventSchema? Schema, string Name, Instant At, Position Position, ReadOnlyMemory<byte> Data, ReadOnlyMemory<MemberSlot> Slots, string? Vm, string Source)
{
    /// <summary>The event with the states around it, as if it had just been received: its stamp is its own time, its weight 1.</summary>
    public EventView View(VmState? vm, HostState? host) => new()
    {
        Schema = Schema,
        Name = Name,
        Data = Data.Span,
        Slots = Slots.Span,
        At = At,
        Stamp = At,
        Position = Position,
        Weight = 1,
        Vm = vm,
        Host = host,
        Source = Source,
    };
}
