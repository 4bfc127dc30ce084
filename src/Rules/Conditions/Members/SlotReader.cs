using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>Finds the slot of one member in whatever event the context holds.</summary>
internal sealed class SlotReader
{
    private readonly EventSource _source;
    private readonly int _only;
    private readonly (EventSchema Schema, int Slot)[] _places;
    private readonly CelError _absent;

    /// <param name="places">The slot in each schema; -1 where there is no such member.</param>
    public SlotReader(int step, string path, ImmutableArray<(EventSchema Schema, int Slot)> places)
    {
        _source = new EventSource(step);
        _places = [.. places];
        _only = places.Select(p => p.Slot).Distinct().Count() == 1 ? places[0].Slot : -1;
        _absent = new CelError($"no such field: '{path}'");
    }

    /// <summary>The slot and the bytes it lies in; an absent slot, with no error, when the member is not there.</summary>
    public MemberSlot Find(ref EvalContext context, ref CelState state, out ReadOnlySpan<byte> data)
    {
        if (!_source.TryGet(ref context, out var schema, out data, out var slots))
        {
            state.Error = EventSource.Missing(_source.Step);
            return default;
        }

        return Pick(schema, slots);
    }

    /// <summary>Whether it is the event at hand whose member it finds.</summary>
    public bool IsOfEvent => _source.Step < 0;

    /// <summary>The slot in the event at hand, absent when the member is not there; see <see cref="IsOfEvent"/>.</summary>
    public MemberSlot Of(in EventView e) => Pick(e.Schema, e.Slots);

    private MemberSlot Pick(EventSchema? schema, ReadOnlySpan<MemberSlot> slots)
    {
        var index = _only;
        if (index < 0)
        {
            foreach (var (known, slot) in _places)
            {
                if (ReferenceEquals(known, schema)) index = slot;
            }
        }

        return (uint)index < (uint)slots.Length ? slots[index] : default;
    }

    /// <summary>As <see cref="Find"/>, an absent member being an error.</summary>
    public MemberSlot Require(ref EvalContext context, ref CelState state, out ReadOnlySpan<byte> bytes)
    {
        var slot = Find(ref context, ref state, out var data);
        bytes = default;
        if (slot.Kind == SlotKind.Absent) state.Error ??= _absent;
        else bytes = data.Slice(slot.Start, slot.Length);
        return slot;
    }
}
