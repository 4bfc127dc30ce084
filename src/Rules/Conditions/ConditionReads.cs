using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Conditions;

/// <summary>What a condition or text depends on.</summary>
/// <param name="Members">Members of events, each once.</param>
/// <param name="State">Paths below <c>vm</c> and <c>host</c>, e.g. <c>vm.migration.active</c>, each once.</param>
/// <param name="Aggregates">Members of <c>agg</c>, e.g. <c>members</c>, each once.</param>
/// <param name="Key">Whether any part of the key is read.</param>
/// <param name="Age">Whether it depends on the time at which it is judged.</param>
/// <param name="Firing">Names given to <c>firing()</c>.</param>
/// <param name="Facts">Names given to <c>fact()</c>.</param>
public sealed record ConditionReads(
    ImmutableArray<ConditionReads.Member> Members,
    ImmutableArray<string> State,
    ImmutableArray<string> Aggregates,
    bool Key,
    bool Age,
    ImmutableArray<string> Firing,
    ImmutableArray<string> Facts)
{
    public static readonly ConditionReads Nothing = new([], [], [], false, false, [], []);

    /// <summary>The calls of <c>firing()</c> and <c>fact()</c>, each once; empty where their names were not looked up.</summary>
    public ImmutableArray<ConclusionUse> Conclusions { get; init; } = [];

    /// <summary>A member of the data of an event.</summary>
    /// <param name="Step">Index of the step, or -1 for the event at hand.</param>
    /// <param name="Path">As in the catalogue, from <c>data</c>; null for the data as a whole.</param>
    public sealed record Member(int Step, string? Path);

    /// <summary>Whether anything of the event at hand is read, be it its name or time.</summary>
    public bool Event { get; init; }

    public bool ReadsVm => State.Any(s => s == "vm" || s.StartsWith("vm.", StringComparison.Ordinal));

    public bool ReadsHost => State.Any(s => s == "host" || s.StartsWith("host.", StringComparison.Ordinal));

    /// <summary>Slots of the event at hand that must be decoded, ascending.</summary>
    public ImmutableArray<int> Slots(EventSchema schema) =>
        [.. Members.Where(m => m is { Step: < 0, Path: not null }).Select(m => schema.Find(m.Path!)?.Slot ?? -1).Where(s => s >= 0).Distinct().Order()];

    public ConditionReads And(ConditionReads other) => new(
        [.. Members.Union(other.Members)], [.. State.Union(other.State)], [.. Aggregates.Union(other.Aggregates)],
        Key || other.Key, Age || other.Age, [.. Firing.Union(other.Firing)], [.. Facts.Union(other.Facts)])
    {
        Event = Event || other.Event,
        Conclusions = [.. Conclusions.Union(other.Conclusions)],
    };
}
