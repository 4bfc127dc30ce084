using System.Diagnostics.CodeAnalysis;
using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>What a condition is judged over: one event with the states around it. Lives on the stack; one may serve all rules of an event in turn.</summary>
public ref struct EvalContext
{
    private readonly EventView _event;

    /// <summary>A context over one event with its VM and host; <see cref="At"/> is its event time.</summary>
    public EvalContext(in EventView view)
    {
        _event = view;
        HasEvent = true;
        Vm = view.Vm;
        Host = view.Host;
        At = view.At;
    }

    /// <summary>The event at hand; meaningless unless <see cref="HasEvent"/>.</summary>
    [UnscopedRef]
    public readonly ref readonly EventView Event => ref _event;

    /// <summary>False for conditions over state alone, and for <c>default</c>.</summary>
    public readonly bool HasEvent { get; }

    /// <summary>The VM after the event; null when there is none, which makes every read of <c>vm</c> an error.</summary>
    public VmState? Vm { readonly get; set; }

    /// <summary>The host after the event; null when there is none or nobody knows.</summary>
    public HostState? Host { readonly get; set; }

    /// <summary>What <c>age(t)</c> counts from: event time, or the time at which a condition over state is judged.</summary>
    public Instant At { readonly get; set; }

    /// <summary>In the order of <see cref="ConditionScope.Key"/>.</summary>
    public ReadOnlySpan<CelValue> Key { readonly get; set; }

    /// <summary>In the order of <see cref="ConditionScope.Steps"/>; null for a step that has not come.</summary>
    public ReadOnlySpan<CapturedEvent?> Steps { readonly get; set; }

    /// <summary>In the order of <see cref="ConditionScope.Variables"/>.</summary>
    public ReadOnlySpan<CelValue> Variables { readonly get; set; }

    /// <summary>Answers <c>firing()</c> and <c>fact()</c>; null makes them errors.</summary>
    public IRuleFacts? Facts { readonly get; set; }

    /// <summary>What the operator computed: one item, lent without a copy by <c>new(in values)</c>; empty when there is no <c>agg</c>.</summary>
    public ReadOnlySpan<AggregateValues> Aggregates { readonly get; set; }
}
