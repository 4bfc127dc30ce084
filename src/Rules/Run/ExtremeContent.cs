using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Run;

/// <summary>The least or greatest value.</summary>
internal sealed class ExtremeContent(bool isMax, EventValue of, Comparison limit) : WindowContent
{
    // Words: weight; the number of the key's values.
    private const int Weight = 0;
    private const int Bag = 1;

    private readonly Dictionary<long, SortedDictionary<double, long>> _bags = [];
    private readonly Stack<SortedDictionary<double, long>> _free = new();
    private long _next;

    public override int Words => 2;

    public override bool TryRead(ref long keyId, in EventView e, out long value) => Number.TryRead(of, e, out value);

    public override void Enter(int slot, Span<long> own, EntryPool pool, int index, bool isNewest)
    {
        own[Weight] += pool[index].Weight;
        if (own[Bag] == 0)
        {
            own[Bag] = ++_next;
            _bags[own[Bag]] = _free.TryPop(out var free) ? free : NewBag();
        }

        var bag = _bags[own[Bag]];
        var value = Number.AsDouble(pool[index].Value);
        bag[value] = bag.GetValueOrDefault(value) + 1;
    }

    public override void Leave(int slot, Span<long> own, EntryPool pool, int index, bool isLast)
    {
        own[Weight] -= pool[index].Weight;
        var bag = _bags[own[Bag]];
        var value = Number.AsDouble(pool[index].Value);
        if (bag[value] == 1) bag.Remove(value);
        else bag[value]--;
        if (bag.Count > 0) return;
        _bags.Remove(own[Bag]);
        _free.Push(bag);
        own[Bag] = 0;
    }

    public override bool Holds(ReadOnlySpan<long> own, bool held) => own[Bag] != 0 && limit.Holds(Extreme(own));

    public override Aggregate Describe(int slot, ReadOnlySpan<long> own, Aggregate aggregate, EntryPool pool, int first, int last)
    {
        var described = aggregate with { Count = own[Weight] };
        if (own[Bag] == 0) return described;
        return isMax ? described with { Max = Number.AsValue(Extreme(own)) } : described with { Min = Number.AsValue(Extreme(own)) };
    }

    public override void Save(StateSaver to)
    {
        to.Write(_next);
        to.Write(_bags.Count);
        foreach (var (number, bag) in _bags.OrderBy(b => b.Key))
        {
            to.Write(number);
            to.Write(bag.Count);
            foreach (var (value, count) in bag)
            {
                to.Writer.Write(value);
                to.Write(count);
            }
        }
    }

    public override void Load(StateLoader from)
    {
        _next = from.Long();
        for (var left = from.Reader.ReadCount(); left > 0; left--)
        {
            var bag = _bags[from.Long()] = NewBag();
            for (var values = from.Reader.ReadCount(16); values > 0; values--) bag[from.Reader.ReadDouble()] = from.Long();
        }
    }

    public override bool IsSound(ReadOnlySpan<long> own, EntryPool pool) => own[Bag] == 0 || _bags.ContainsKey(own[Bag]);

    private SortedDictionary<double, long> NewBag() => new(isMax ? Comparer<double>.Create(static (a, b) => b.CompareTo(a)) : null);

    private double Extreme(ReadOnlySpan<long> own)
    {
        using var values = _bags[own[Bag]].GetEnumerator();
        values.MoveNext();
        return values.Current.Key;
    }
}
