using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Run;

/// <summary>How many different values there are.</summary>
internal sealed class DistinctContent(DistinctMeasure values, Comparison limit, bool showsMembers) : WindowContent
{
    // Words: weight; different values.
    private const int Weight = 0;
    private const int Size = 1;

    public override int Words => 2;

    public override bool TryRead(ref long keyId, in EventView e, out long value) => values.TryRead(ref keyId, e, out value);

    public override void Enter(int slot, Span<long> own, EntryPool pool, int index, bool isNewest)
    {
        own[Weight] += pool[index].Weight;
        own[Size] += values.Enter(Measure.Newest, pool[index]);
    }

    public override void Leave(int slot, Span<long> own, EntryPool pool, int index, bool isLast)
    {
        own[Weight] -= pool[index].Weight;
        own[Size] -= values.Leave(Measure.Newest, pool[index]);
    }

    public override void GoOnIn(RunContext run) => values.GoOnIn(run);

    public override void Save(StateSaver to) => values.Save(to);

    public override void Load(StateLoader from) => values.Load(from);

    public override bool Holds(ReadOnlySpan<long> own, bool held) => limit.Holds(own[Size]);

    public override Aggregate Describe(int slot, ReadOnlySpan<long> own, Aggregate aggregate, EntryPool pool, int first, int last)
    {
        var described = aggregate with { Count = own[Weight], Distinct = own[Size] };
        return showsMembers && first != EntryPool.None ? described with { Members = values.Members(pool, first, last) } : described;
    }
}
