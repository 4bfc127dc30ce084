using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>How often a value changed among the last so many.</summary>
internal sealed class FlapContent(BoundOperator.Flap flap, DistinctMeasure values) : WindowContent
{
    // Words: values in the window; changes among the last ones; index of the oldest of these.
    private const int Size = 0;
    private const int Changes = 1;
    private const int Oldest = 2;

    public override int Words => 3;

    public override bool TryRead(ref long keyId, in EventView e, out long value) => values.TryRead(ref keyId, e, out value);

    public override void Enter(int slot, Span<long> own, EntryPool pool, int index, bool isNewest)
    {
        values.Enter(Measure.Newest, pool[index]);
        own[Size]++;
        if (own[Size] == 1)
        {
            own[Oldest] = index;
            return;
        }

        var oldest = (int)own[Oldest];
        var isBefore = pool[index].At < pool[oldest].At || (pool[index].At == pool[oldest].At && pool[index].Position < pool[oldest].Position);
        if (isBefore && own[Size] > flap.History) return;
        if (isBefore)
        {
            own[Oldest] = index;
            own[Changes] += Differs(pool, index, oldest);
            return;
        }

        var (before, after) = (pool[index].Previous, isNewest ? EntryPool.None : pool[index].Next);
        own[Changes] += Differs(pool, before, index) + Differs(pool, index, after) - (after == EntryPool.None ? 0 : Differs(pool, before, after));
        if (own[Size] <= flap.History) return;
        own[Changes] -= Differs(pool, oldest, pool[oldest].Next);
        own[Oldest] = pool[oldest].Next;
    }

    public override void Leave(int slot, Span<long> own, EntryPool pool, int index, bool isLast)
    {
        values.Leave(Measure.Newest, pool[index]);
        own[Size]--;
        if (own[Oldest] != index) return;
        own[Oldest] = isLast ? EntryPool.None : pool[index].Next;
        own[Changes] = isLast ? 0 : own[Changes] - Differs(pool, index, pool[index].Next);
    }

    public override void GoOnIn(RunContext run) => values.GoOnIn(run);

    public override void Save(StateSaver to) => values.Save(to);

    public override void Load(StateLoader from) => values.Load(from);

    public override bool IsSound(ReadOnlySpan<long> own, EntryPool pool) => pool.IsEntry(own[Oldest]);

    public override bool Holds(ReadOnlySpan<long> own, bool held) => Rate(own) >= (held ? flap.Low : flap.High);

    public override Aggregate Describe(int slot, ReadOnlySpan<long> own, Aggregate aggregate, EntryPool pool, int first, int last) =>
        aggregate with { Count = Math.Min(own[Size], flap.History), Ratio = Rate(own) };

    private double Rate(ReadOnlySpan<long> own) => own[Changes] / (double)(flap.History - 1);

    private static int Differs(EntryPool pool, int left, int right) =>
        left == EntryPool.None || right == EntryPool.None || pool[left].Value == pool[right].Value ? 0 : 1;
}
