using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Conditions;

/// <summary>What of a step's event must be kept for the conditions and texts that are judged later. Thread-safe.</summary>
public sealed class CapturePlan
{
    // Resolved once for each kind of event; replaced whole, so readers need no lock.
    private ImmutableDictionary<EventSchema, ImmutableArray<MemberSchema>> _resolved =
        ImmutableDictionary.Create<EventSchema, ImmutableArray<MemberSchema>>(ReferenceEqualityComparer.Instance);

    /// <param name="whole">Whether to keep all of the data.</param>
    /// <param name="members">Paths from <c>data</c>, as the catalogue spells them.</param>
    public CapturePlan(bool whole, IEnumerable<string> members)
    {
        Whole = whole;
        Members = [.. members.Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>All of <c>data</c> is kept: something reads it as a whole, or members the catalogue does not know.</summary>
    public bool Whole { get; }

    /// <summary>Paths from <c>data</c> of the members to keep; ordinal order.</summary>
    public ImmutableArray<string> Members { get; }

    /// <summary>A plan for one step that serves all these reads.</summary>
    public static CapturePlan For(int step, IEnumerable<ConditionReads> reads)
    {
        var members = reads.SelectMany(r => r.Members).Where(m => m.Step == step).ToArray();
        return new CapturePlan(members.Any(m => m.Path is null), members.Select(m => m.Path).OfType<string>());
    }

    /// <summary>A copy that owns its bytes.</summary>
    public CapturedEvent Capture(in EventView view)
    {
        var vm = view.Vm?.Id;
        var source = view.Source ?? "";
        if (Whole) return new CapturedEvent(view.Schema, view.Name, view.At, view.Position, view.Data.ToArray(), view.Slots.ToArray(), vm, source);
        var members = view.Schema is null ? [] : Resolve(view.Schema);
        var (bytes, slots) = (0, 0);
        foreach (var member in members)
        {
            if (view.Slot(member) is not { Kind: not SlotKind.Absent } slot) continue;
            bytes += slot.Length;
            slots = Math.Max(slots, member.Slot + 1);
        }

        var data = new byte[bytes];
        var kept = new MemberSlot[slots];
        var at = 0;
        foreach (var member in members)
        {
            if (view.Slot(member) is not { Kind: not SlotKind.Absent } slot) continue;
            view.Bytes(slot).CopyTo(data.AsSpan(at));
            kept[member.Slot] = slot with { Start = at };
            at += slot.Length;
        }

        return new CapturedEvent(view.Schema, view.Name, view.At, view.Position, data, kept, vm, source);
    }

    private ImmutableArray<MemberSchema> Resolve(EventSchema schema)
    {
        if (_resolved.TryGetValue(schema, out var members)) return members;
        members = [.. Members.Select(schema.Find).OfType<MemberSchema>()];
        _resolved = _resolved.SetItem(schema, members);
        return members;
    }
}
