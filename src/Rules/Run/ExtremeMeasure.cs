using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Run;

/// <summary>How many events have a value past the limit: the greatest is past it when at least one is.</summary>
internal sealed class ExtremeMeasure(EventValue of, Comparison limit, bool isMax) : Measure
{
    public override bool TryRead(ref long keyId, in EventView e, out long value) => Number.TryRead(of, e, out value);

    public override long Enter(int window, in EntryPool.Entry entry) => limit.Holds(Number.AsDouble(entry.Value)) ? 1 : 0;

    public override long Leave(int window, in EntryPool.Entry entry) => Enter(window, entry);

    public override Aggregate Describe(Aggregate aggregate, long size, EntryPool pool, int first, int last)
    {
        var best = pool[first].Value;
        for (var i = first; i != last;)
        {
            i = pool[i].Next;
            var better = isMax ? Number.AsDouble(pool[i].Value) > Number.AsDouble(best) : Number.AsDouble(pool[i].Value) < Number.AsDouble(best);
            if (better) best = pool[i].Value;
        }

        return isMax ? aggregate with { Max = Number.AsValue(best) } : aggregate with { Min = Number.AsValue(best) };
    }
}
