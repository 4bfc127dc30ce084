using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Run;

/// <summary>Count, sum or average. Whole numbers are added exactly; others do not leave their rounding behind when they have left.</summary>
internal sealed class SumContent(WindowFunction function, EventValue? of, Comparison limit) : WindowContent
{
    // Words: weight; sum of whole numbers; sum of the others, and how many they are; of all events foreseen, the sum of
    // their sizes where they are whole and not too large, and how many are not.
    private const int Weight = 0;
    private const int Whole = 1;
    private const int Rest = 2;
    private const int RestCount = 3;
    private const int Size = 4;
    private const int Unsized = 5;
    private const double MaxWhole = 1L << 52;
    private const double MaxSized = 1L << 40;
    private const long MaxExact = 1L << 53;

    public override int Words => 6;

    public override bool TryRead(ref long keyId, in EventView e, out long value)
    {
        value = 0;
        return of is null || Number.TryRead(of, e, out value);
    }

    public override void Enter(int slot, Span<long> own, EntryPool pool, int index, bool isNewest) => Add(own, pool[index], 1);

    public override void Leave(int slot, Span<long> own, EntryPool pool, int index, bool isLast) => Add(own, pool[index], -1);

    public override void Foresee(Span<long> own, in EntryPool.Entry entry) => Count(own, entry, 1);

    public override void Lose(Span<long> own, in EntryPool.Entry entry) => Count(own, entry, -1);

    // No window is greater than all events together, each taken as something that adds to it.
    public override bool IsFar(ReadOnlySpan<long> own) =>
        function == WindowFunction.Sum && limit.IsUpward && own[Unsized] == 0 && own[Size] < MaxExact && !limit.Holds(own[Size]) && limit.Value > 0;

    public override bool Holds(ReadOnlySpan<long> own, bool held) => function switch
    {
        WindowFunction.Count => limit.Holds(own[Weight]),
        WindowFunction.Sum => limit.Holds(Sum(own)),
        _ => own[Weight] > 0 && limit.Holds(Sum(own) / own[Weight]),
    };

    public override Aggregate Describe(int slot, ReadOnlySpan<long> own, Aggregate aggregate, EntryPool pool, int first, int last)
    {
        var described = aggregate with { Count = own[Weight] };
        if (function == WindowFunction.Count) return described;
        return described with { Sum = Number.AsValue(Sum(own)), Average = own[Weight] > 0 ? Sum(own) / own[Weight] : double.NaN };
    }

    private static double Sum(ReadOnlySpan<long> own) => own[Whole] + Number.AsDouble(own[Rest]);

    private void Count(Span<long> own, in EntryPool.Entry entry, int sign)
    {
        if (function != WindowFunction.Sum) return;
        var size = Math.Abs(Number.AsDouble(entry.Value) * entry.Weight);
        if (size < MaxSized && size == Math.Floor(size)) own[Size] += sign * (long)size;
        else own[Unsized] += sign;
    }

    private void Add(Span<long> own, in EntryPool.Entry entry, int sign)
    {
        own[Weight] += sign * entry.Weight;
        if (function == WindowFunction.Count) return;
        var part = Number.AsDouble(entry.Value) * entry.Weight;
        if (part == Math.Floor(part) && Math.Abs(part) < MaxWhole)
        {
            own[Whole] += sign * (long)part;
            return;
        }

        own[RestCount] += sign;
        var rest = own[RestCount] == 0 ? 0 : Number.AsDouble(own[Rest]) + (sign * part);
        own[Rest] = BitConverter.DoubleToInt64Bits(rest);
    }
}
