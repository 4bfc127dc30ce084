using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Projections;
using Qualm.Rules;

namespace Qualm.Engine.Turns;

/// <summary>
/// The deterministic heart: one clock, the fleet as folded so far and the rules over it. Fed with inputs in the order of
/// the log, it decides the same whether they come from sockets, from the store or from a file, one by one or in batches.
/// Single-threaded.
/// </summary>
/// <param name="rules">Has seen nothing yet.</param>
/// <param name="changes">Told of every VM and host that changed; null when nothing is published.</param>
internal sealed class Timeline(EventCatalogue catalogue, RuleSession rules, PublishedSet? changes = null)
{
    private readonly FleetFold _fold = new(catalogue, changes);
    private readonly MemberSlot[] _slots = new MemberSlot[Math.Max(1, catalogue.Events.Max(e => e.SlotCount))];

    public EventCatalogue Catalogue { get; } = catalogue;

    public Fleet Fleet { get; } = new();

    public RuleSession Rules { get; } = rules;

    /// <summary>The highest stamp processed.</summary>
    public Instant Clock { get; private set; } = Instant.MinValue;

    /// <summary>Position of the newest input fed.</summary>
    public Position Position { get; private set; }

    /// <summary>Lets the memory that events to come will touch be fetched while others are still at work; see <see cref="Ahead"/>. Decides nothing.</summary>
    /// <param name="next">Kind and subject of each, as <see cref="Projections.Fleet.Approach"/> found it; null where there is none yet.</param>
    public void Approach(ReadOnlySpan<(EventSchema? Schema, VmState? Vm)> next)
    {
        foreach (var (schema, vm) in next)
        {
            if (vm is null) continue;
            FleetFold.Approach(vm);
            Rules.Approach(schema, vm);
        }
    }

    /// <summary>Decides what was due before the event, folds it, and decides what follows from it.</summary>
    public void Feed(in EventView e, IDecisionSink sink)
    {
        AdvanceTo(e.Stamp, sink);
        _fold.Apply(e);
        Rules.Process(e, sink);
        Position = e.Position;
    }

    /// <summary>Feeds an event as it left the sequencer.</summary>
    /// <returns>The VM it is about; null when it is about none.</returns>
    public VmState? Feed(StampedInput.Event input, Position position, IDecisionSink sink)
    {
        var (message, origin) = (input.Received.Event, input.Received.Origin);
        var vm = origin.Vm.Length == 0 ? null : Fleet.GetOrAddVm(origin.Vm);
        var data = WithoutEmpty(message.Data.Span);
        Feed(
            new EventView
            {
                Schema = message.Schema,
                Name = message.Name,
                Data = data,
                Slots = Decode(message.Schema, data),
                At = input.At,
                Stamp = input.Stamp,
                Position = position,
                Marks = input.Marks,
                Weight = input.Weight,
                Vm = vm,
                Host = origin.Host is { } host ? Fleet.GetOrAddHost(host) : vm?.Host,
                Source = origin.Source,
            },
            sink);
        return vm;
    }

    /// <summary>Moves the clock; decides every deadline due before <paramref name="stamp"/>.</summary>
    public void AdvanceTo(Instant stamp, IDecisionSink sink)
    {
        if (stamp <= Clock) return;
        Rules.AdvanceTo(stamp, sink);
        Clock = stamp;
    }

    /// <summary>
    /// The data, or nothing where it has no members: the store keeps an event without data and one with empty data alike,
    /// so they must be alike before as well.
    /// </summary>
    public static ReadOnlySpan<byte> WithoutEmpty(ReadOnlySpan<byte> data) =>
        data.Length >= 2 && data[1..^1].IndexOfAnyExcept(" \t\r\n"u8) >= 0 ? data : default;

    /// <summary>Lets a set of rules take over. Rules that did not change keep their state; new and changed ones begin empty.</summary>
    public void Activate(RuleSet set, Instant stamp, IDecisionSink sink)
    {
        AdvanceTo(stamp, sink);
        Rules.Activate(set, stamp, sink);
        Rules.FinishWarming(stamp, sink);
    }

    /// <summary>Decodes the members of an event's data. What is returned is valid until the next call.</summary>
    public ReadOnlySpan<MemberSlot> Decode(EventSchema? schema, ReadOnlySpan<byte> data)
    {
        if (schema is not { SlotCount: > 0 }) return [];
        EventDecoder.ReadSlots(schema, data, _slots);
        return _slots.AsSpan(0, schema.SlotCount);
    }
}
