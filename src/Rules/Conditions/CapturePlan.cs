using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Conditions;

/// <summary>What of a step's event must be kept for the conditions and texts that are judged later.</summary>
/// <param name="Whole">All of <c>data</c>: something reads it as a whole, or members the catalogue does not know.</param>
/// <param name="Members">Paths from <c>data</c> of the members to keep, as the catalogue spells them.</param>
public sealed record CapturePlan(bool Whole, ImmutableHashSet<string> Members)
{
    public static readonly CapturePlan Nothing = new(false, ImmutableHashSet.Create<string>(StringComparer.Ordinal));

    /// <summary>A plan for one step that serves all these reads.</summary>
    public static CapturePlan For(int step, IEnumerable<ConditionReads> reads)
    {
        var plan = Nothing;
        foreach (var read in reads.SelectMany(r => r.Members).Where(m => m.Step == step))
        {
            plan = read.Path is null ? plan with { Whole = true } : plan with { Members = plan.Members.Add(read.Path) };
        }

        return plan;
    }

    /// <summary>A copy that owns its bytes.</summary>
    public CapturedEvent Capture(in EventView view)
    {
        var vm = view.Vm?.Id;
        var source = view.Source ?? "";
        if (Whole || view.Schema is null)
        {
            return new CapturedEvent(view.Schema, view.Name, view.At, view.Position, Whole ? view.Data.ToArray() : default, Whole ? view.Slots.ToArray() : default, vm, source);
        }

        var bytes = 0;
        var slots = 0;
        foreach (var path in Members)
        {
            if (view.Schema.Find(path) is not { } member || view.Slot(member) is not { Kind: not SlotKind.Absent } slot) continue;
            bytes += slot.Length;
            slots = Math.Max(slots, member.Slot + 1);
        }

        var data = new byte[bytes];
        var kept = new MemberSlot[slots];
        var at = 0;
        foreach (var path in Members)
        {
            if (view.Schema.Find(path) is not { } member || view.Slot(member) is not { Kind: not SlotKind.Absent } slot) continue;
            view.Bytes(slot).CopyTo(data.AsSpan(at));
            kept[member.Slot] = slot with { Start = at };
            at += slot.Length;
        }

        return new CapturedEvent(view.Schema, view.Name, view.At, view.Position, data, kept, vm, source);
    }
}
