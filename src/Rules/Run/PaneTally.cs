using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>What windows that do not slide come to. Events only ever enter them, so numbers suffice.</summary>
/// <param name="values">Knows different values by number; null where none are asked for.</param>
internal sealed class PaneTally(BoundOperator.Window window, DistinctMeasure? values, bool showsMembers)
{
    // Values of the window that is being looked through.
    private readonly HashSet<long> _seen = [];

    private const double MaxWhole = 1L << 52;

    /// <summary>Whether a condition holds for a window without events.</summary>
    public bool HoldsEmpty { get; } = window.Function is WindowFunction.Count or WindowFunction.Distinct or WindowFunction.Sum && window.Is.Holds(0);

    /// <summary>Whether nothing that came before the event that decides can be left out.</summary>
    public bool NeedsAll => window.Function is WindowFunction.Count or WindowFunction.Distinct;

    /// <summary>Changes hands: what it forgets from now on goes by this clock.</summary>
    public void GoOnIn(RunContext run) => values?.GoOnIn(run);

    public void Save(StateSaver to) => values?.Save(to);

    public void Load(StateLoader from) => values?.Load(from);

    /// <param name="keyId">Number of the key, given on first use; 0 before.</param>
    /// <returns>False when the event has no such value: then it is no match.</returns>
    public bool TryRead(ref long keyId, in EventView e, out long value)
    {
        value = 0;
        if (values is not null) return values.TryRead(ref keyId, e, out value);
        return window.Of is null || Number.TryRead(window.Of, e, out value);
    }

    public void Add(Pane pane, long weight, long value)
    {
        var isFirst = pane.Weight == 0;
        pane.Weight += weight;
        switch (window.Function)
        {
            case WindowFunction.Distinct:
                AddValue(pane, value);
                break;
            case WindowFunction.Sum or WindowFunction.Avg:
                var part = Number.AsDouble(value) * weight;
                if (part == Math.Floor(part) && Math.Abs(part) < MaxWhole) pane.Whole += (long)part;
                else pane.Rest += part;
                break;
            case WindowFunction.Min:
                pane.Extreme = isFirst ? Number.AsDouble(value) : Math.Min(pane.Extreme, Number.AsDouble(value));
                break;
            case WindowFunction.Max:
                pane.Extreme = isFirst ? Number.AsDouble(value) : Math.Max(pane.Extreme, Number.AsDouble(value));
                break;
        }
    }

    /// <summary>Adds what the other window comes to, and leaves nothing there.</summary>
    public void Merge(Pane into, Pane from)
    {
        into.Extreme = window.Function == WindowFunction.Min ? Math.Min(into.Extreme, from.Extreme) : Math.Max(into.Extreme, from.Extreme);
        (into.Weight, into.Whole, into.Rest) = (into.Weight + from.Weight, into.Whole + from.Whole, into.Rest + from.Rest);
        foreach (var value in from.Values ?? []) AddValue(into, value);
        Clear(from);
    }

    public void Clear(Pane pane)
    {
        (pane.Weight, pane.Whole, pane.Rest, pane.Extreme) = (0, 0, 0, 0);
        if (pane.Values is not { Count: > 0 } all) return;
        foreach (var value in all) values!.Leave(Measure.Newest, Holding(value));
        all.Clear();
        if (all.Capacity > MaxSpare) pane.Values = null;
    }

    public bool Holds(Pane pane) => window.Function switch
    {
        WindowFunction.Count => window.Is.Holds(pane.Weight),
        WindowFunction.Distinct => window.Is.Holds(pane.Values?.Count ?? 0),
        WindowFunction.Sum => window.Is.Holds(Sum(pane)),
        WindowFunction.Avg => pane.Weight > 0 && window.Is.Holds(Sum(pane) / pane.Weight),
        _ => pane.Weight > 0 && window.Is.Holds(pane.Extreme),
    };

    /// <summary>The index of the first event of a list with which the condition holds.</summary>
    public int FirstHolding(EntryPool pool, int head)
    {
        var (weight, counts) = (0L, window.Function == WindowFunction.Distinct);
        _seen.Clear();
        for (var index = head; ; index = pool[index].Next)
        {
            weight += pool[index].Weight;
            if (counts) _seen.Add(pool[index].Value);
            var holds = window.Function switch
            {
                WindowFunction.Count => window.Is.Holds(weight),
                WindowFunction.Distinct => window.Is.Holds(_seen.Count),
                _ => window.Is.Holds(Number.AsDouble(pool[index].Value)),
            };
            if (holds || pool[index].Next == EntryPool.None) return index;
        }
    }

    /// <summary>The window as texts and ladders see it.</summary>
    public Aggregate Describe(Pane pane)
    {
        var described = new Aggregate(pane.Weight, new Instant(pane.First), new Instant(pane.Last));
        return window.Function switch
        {
            WindowFunction.Distinct => described with { Distinct = pane.Values?.Count ?? 0, Members = showsMembers ? values!.Members(pane.Values ?? []) : default },
            WindowFunction.Sum or WindowFunction.Avg => described with { Sum = Number.AsValue(Sum(pane)), Average = pane.Weight > 0 ? Sum(pane) / pane.Weight : double.NaN },
            WindowFunction.Min when pane.Weight > 0 => described with { Min = Number.AsValue(pane.Extreme) },
            WindowFunction.Max when pane.Weight > 0 => described with { Max = Number.AsValue(pane.Extreme) },
            _ => described,
        };
    }

    // A set that has once been large is not kept for the next window.
    private const int MaxSpare = 1024;

    private void AddValue(Pane pane, long value)
    {
        if ((pane.Values ??= []).Add(value)) values!.Enter(Measure.Newest, Holding(value));
    }

    private static EntryPool.Entry Holding(long value) => new() { Value = value };

    private static double Sum(Pane pane) => pane.Whole + pane.Rest;
}
