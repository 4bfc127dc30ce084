using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>What the window counts, over a value of the state around it.</summary>
internal sealed class RatioContent(BoundOperator.Ratio ratio, DistinctMeasure? values, bool showsMembers) : WindowContent
{
    // Words: weight; different values; the other side as judged, as seen last; whether it has been seen.
    private const int Weight = 0;
    private const int Size = 1;
    private const int Denominator = 2;
    private const int LastSeen = 3;
    private const int Seen = 4;

    public override int Words => 5;

    public override bool TryRead(ref long keyId, in EventView e, out long value)
    {
        value = 0;
        return values is null || values.TryRead(ref keyId, e, out value);
    }

    public override bool TryReadOther(Span<long> own, in EventView e, out long value)
    {
        if (!Number.TryRead(ratio.Denominator, e, out value)) value = 0;
        if (own[Seen] != 0 && own[LastSeen] == value) return false;
        (own[LastSeen], own[Seen]) = (value, 1);
        return true;
    }

    public override void EnterOther(Span<long> own, long value) => own[Denominator] = value;

    public override void Enter(int slot, Span<long> own, EntryPool pool, int index, bool isNewest)
    {
        own[Weight] += pool[index].Weight;
        if (values is not null) own[Size] += values.Enter(Measure.Newest, pool[index]);
    }

    public override void Leave(int slot, Span<long> own, EntryPool pool, int index, bool isLast)
    {
        own[Weight] -= pool[index].Weight;
        if (values is not null) own[Size] -= values.Leave(Measure.Newest, pool[index]);
    }

    public override void GoOnIn(RunContext run) => values?.GoOnIn(run);

    public override void Save(StateSaver to) => values?.Save(to);

    public override void Load(StateLoader from) => values?.Load(from);

    public override bool Holds(ReadOnlySpan<long> own, bool held) => Value(own) is var value && !double.IsNaN(value) && ratio.Is.Holds(value);

    public override Aggregate Describe(int slot, ReadOnlySpan<long> own, Aggregate aggregate, EntryPool pool, int first, int last)
    {
        var described = aggregate with { Count = own[Weight], Distinct = own[Size], Ratio = Value(own) };
        return values is not null && showsMembers && first != EntryPool.None ? described with { Members = values.Members(pool, first, last) } : described;
    }

    // NaN while the denominator is below its floor.
    private double Value(ReadOnlySpan<long> own)
    {
        var denominator = Number.AsDouble(own[Denominator]);
        if (denominator <= 0 || denominator < ratio.Min) return double.NaN;
        return (values is null ? own[Weight] : own[Size]) / denominator;
    }
}
