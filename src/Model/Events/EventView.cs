namespace Qualm.Model;

/// <summary>
/// One event as folds and rules see it: decoded offsets over bytes that somebody else owns, valid during
/// the call it is passed to.
/// </summary>
public readonly ref struct EventView
{
    /// <summary>Null for an event the catalogue does not know.</summary>
    public EventSchema? Schema { get; init; }

    /// <summary>The name on the wire; for known events the schema's own string.</summary>
    public required string Name { get; init; }

    /// <summary>The <c>data</c> member in today's shape, UTF-8 JSON of an object; empty when the event has none.</summary>
    public ReadOnlySpan<byte> Data { get; init; }

    /// <summary>By <see cref="MemberSchema.Slot"/>; empty for an unknown event.</summary>
    public ReadOnlySpan<MemberSlot> Slots { get; init; }

    /// <summary>Event time, the stamp standing in where there is none.</summary>
    public required Instant At { get; init; }

    /// <summary>When it was received; strictly increasing over live inputs, never decreasing over files.</summary>
    public required Instant Stamp { get; init; }

    public required Position Position { get; init; }

    public EventMarks Marks { get; init; }

    /// <summary>How many equal events this one stands for, from 1.</summary>
    public required long Weight { get; init; }

    /// <summary>The VM it is about, as of this event; null for events about a host or the engine.</summary>
    public VmState? Vm { get; init; }

    /// <summary>The host it is about, or the VM's; null when unknown.</summary>
    public HostState? Host { get; init; }

    /// <summary>What it came from, e.g. the socket's path. For texts only.</summary>
    public string Source { get; init; }

    public MemberSlot Slot(MemberSchema member) => member.Slot < Slots.Length ? Slots[member.Slot] : default;

    public ReadOnlySpan<byte> Bytes(MemberSlot slot) => Data.Slice(slot.Start, slot.Length);
}
