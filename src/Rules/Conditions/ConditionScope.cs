using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>What a condition may name. Immutable; start from <see cref="Empty"/> and add with <c>with</c>.</summary>
public sealed record ConditionScope
{
    public static readonly ConditionScope Empty = new();

    /// <summary>What <c>event</c> may be; null when there is no event, empty when it may be anything.</summary>
    public ImmutableArray<EventSchema>? Events { get; init; }

    /// <summary>Steps that can be read by name, in the order in which the context holds them.</summary>
    public ImmutableArray<Step> Steps { get; init; } = [];

    /// <summary>Name of the step that the event at hand is being judged for; it reads the event. Null when there is none.</summary>
    public string? CurrentStep { get; init; }

    /// <summary>Parts of <c>key</c>, in the order in which the context holds them.</summary>
    public ImmutableArray<Part> Key { get; init; } = [];

    public bool HasVm { get; init; } = true;

    public bool HasHost { get; init; } = true;

    /// <summary>Members of <c>agg</c> that the operator computes, as in <see cref="AggregateNames"/>; empty when there is no <c>agg</c>.</summary>
    public ImmutableArray<string> Aggregates { get; init; } = [];

    /// <summary>Type of <c>agg.sum</c>, <c>agg.min</c> and <c>agg.max</c>.</summary>
    public CelType AggregateType { get; init; } = CelType.Dyn;

    /// <summary>Macros and the rule's <c>vars</c>: texts that stand where their names are used.</summary>
    public ImmutableDictionary<string, string> Named { get; init; } = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>For <c>in_list</c>.</summary>
    public ImmutableDictionary<string, ImmutableArray<CelValue>> Lists { get; init; } = ImmutableDictionary.Create<string, ImmutableArray<CelValue>>(StringComparer.Ordinal);

    /// <summary>For <c>in_interval</c>.</summary>
    public ImmutableDictionary<string, IInterval> Intervals { get; init; } = ImmutableDictionary.Create<string, IInterval>(StringComparer.Ordinal);

    /// <summary>Looks up what <c>firing()</c> and <c>fact()</c> name; null leaves that to the evaluation, where it is an error.</summary>
    public IConclusionScope? Conclusions { get; init; }

    /// <summary>Values given from outside, by name, in the order in which the context holds them. Names may hold dots.</summary>
    public ImmutableArray<Part> Variables { get; init; } = [];

    /// <summary>Prefix under which names are sought first: with <c>a.b</c>, <c>x</c> may stand for <c>a.b.x</c> or <c>a.x</c>. Empty for none.</summary>
    public string Container { get; init; } = "";

    /// <summary>Whether positions may be read, which are for people only.</summary>
    public bool ForTexts { get; init; }

    /// <summary>False leaves faults of names and types to the evaluation, as for <c>qualm eval</c>.</summary>
    public bool Checked { get; init; } = true;

    /// <summary>All members <c>agg</c> can have.</summary>
    public static ImmutableArray<string> AggregateNames { get; } = ["count", "distinct", "sum", "avg", "min", "max", "ratio", "first", "last", "members"];

    /// <summary>An earlier event that can be read.</summary>
    /// <param name="Schemas">What it may be; empty when it may be anything.</param>
    public sealed record Step(string Name, ImmutableArray<EventSchema> Schemas);

    /// <summary>A named value of known type.</summary>
    public sealed record Part(string Name, CelType Type);
}
