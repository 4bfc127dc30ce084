using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Engine.Turns;

/// <summary>The events of a batch to come: what they are, and where their members lie. Memory for it is kept.</summary>
/// <param name="mostSlots">Of any event.</param>
internal sealed class Lookahead(int mostSlots)
{
    private readonly (EventSchema? Schema, VmState? Vm, bool IsDecoded)[] _next = new (EventSchema?, VmState?, bool)[Ahead.Batch];
    private readonly MemberSlot[][] _slots = [.. Enumerable.Range(0, Ahead.Batch).Select(_ => new MemberSlot[mostSlots])];

    /// <summary>Kind and subject at a place; no VM where nothing can be fetched.</summary>
    public (EventSchema? Schema, VmState? Vm) this[int place] => (_next[place].Schema, _next[place].Vm);

    /// <summary>Takes an event whose members are still to be found.</summary>
    /// <returns>Where they lie; empty where there are none, or the data is not sound: who takes the event then says so.</returns>
    public ReadOnlySpan<MemberSlot> Decode(int place, EventSchema? schema, VmState? vm, ReadOnlySpan<byte> data)
    {
        var isDecoded = schema is { SlotCount: > 0 } && !data.IsEmpty && EventDecoder.TryReadSlots(schema, data, _slots[place]);
        _next[place] = (schema, vm, isDecoded);
        return TryGetSlots(place, out var slots) ? slots : [];
    }

    /// <summary>Takes an event that is decoded.</summary>
    public void Set(int place, EventSchema? schema, VmState? vm) => _next[place] = (schema, vm, false);

    /// <summary>What <see cref="Decode"/> found. Valid until the next event is taken at this place.</summary>
    public bool TryGetSlots(int place, out ReadOnlySpan<MemberSlot> slots)
    {
        var (schema, _, isDecoded) = _next[place];
        slots = isDecoded ? _slots[place].AsSpan(0, schema!.SlotCount) : [];
        return isDecoded;
    }
}
