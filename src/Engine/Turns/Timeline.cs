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
/// <param name="fleet">As folded so far; null for none.</param>
internal sealed class Timeline(EventCatalogue catalogue, RuleSession rules, PublishedSet? changes = null, Fleet? fleet = null)
{
    private readonly FleetFold _fold = new(catalogue, changes);
    private readonly List<Coming> _coming = [];
    private readonly MemberSlot[] _slots = new MemberSlot[Math.Max(1, catalogue.MostSlots)];
    private readonly Lookahead _ahead = new(Math.Max(1, catalogue.MostSlots));

    /// <summary>VMs and hosts that changed and are not published yet; null when nothing is published.</summary>
    public PublishedSet? Changes { get; } = changes;

    public EventCatalogue Catalogue { get; } = catalogue;

    public Fleet Fleet { get; } = fleet ?? new Fleet();

    public RuleSession Rules { get; } = rules;

    /// <summary>The highest stamp processed.</summary>
    public Instant Clock { get; private set; } = Instant.MinValue;

    /// <summary>Position of the newest input fed.</summary>
    public Position Position { get; private set; }

    /// <summary>Inputs fed that have a position.</summary>
    public long Inputs { get; private set; }

    /// <summary>Digest of the set that took over last, and the position of its activation; an empty digest before the first.</summary>
    public (string Digest, Position By) ActiveRules { get; private set; } = ("", Position.None);

    /// <summary>Whether <see cref="Save"/> would keep all there is: no rules are being fed that take over later.</summary>
    public bool IsWhole => _coming.Count == 0 && !Rules.HasWarmings;

    /// <summary>Decodes an event to come, and begins to fetch the memory that it will touch; see <see cref="Ahead"/>. Decides nothing.</summary>
    /// <param name="place">In its batch, below <see cref="Ahead.Batch"/>.</param>
    /// <param name="vm">As <see cref="Projections.Fleet.Approach(ReadOnlySpan{char})"/> found it; null where there is none yet.</param>
    /// <param name="data">Without empty; see <see cref="WithoutEmpty"/>.</param>
    public void Look(int place, EventSchema? schema, VmState? vm, ReadOnlySpan<byte> data) => Look(place, schema, vm, data, _ahead.Decode(place, schema, vm, data));

    /// <summary>The same for an event that is decoded.</summary>
    public void LookAtDecoded(int place, EventSchema? schema, VmState? vm, ReadOnlySpan<byte> data, ReadOnlySpan<MemberSlot> slots)
    {
        _ahead.Set(place, schema, vm);
        Look(place, schema, vm, data, slots);
    }

    private void Look(int place, EventSchema? schema, VmState? vm, ReadOnlySpan<byte> data, ReadOnlySpan<MemberSlot> slots)
    {
        if (vm is null) return;
        Rules.LookAhead(
            place,
            new EventView
            {
                Schema = schema,
                Name = "",
                Data = data,
                Slots = slots,
                At = default,
                Stamp = default,
                Position = default,
                Weight = 1,
                Vm = vm,
            });
    }

    /// <summary>Fetches what is left, one step after the other for all that were looked at.</summary>
    /// <param name="count">Of places.</param>
    public void Approach(int count)
    {
        for (var step = 0; step < Math.Max(FleetFold.Steps, RuleSession.AheadSteps); step++)
        {
            for (var place = 0; place < count; place++)
            {
                var (schema, vm) = _ahead[place];
                if (vm is null) continue;
                if (step < FleetFold.Steps) _fold.Approach(vm, schema, step);
                if (step < RuleSession.AheadSteps) Rules.Approach(place, schema, vm, step);
            }
        }
    }

    /// <summary>Decides what was due before the event, folds it, and decides what follows from it.</summary>
    public void Feed(in EventView e, IDecisionSink sink)
    {
        AdvanceTo(e.Stamp, sink);
        _fold.Apply(e);
        Rules.Process(e, sink);
        Count(e.Position);
    }

    /// <summary>Feeds an event as it left the sequencer.</summary>
    /// <param name="place">Where <see cref="Look(int, EventSchema?, VmState?, ReadOnlySpan{byte})"/> was told of it; less than 0 for nowhere.</param>
    /// <returns>The VM it is about; null when it is about none.</returns>
    public VmState? Feed(StampedInput.Event input, Position position, IDecisionSink sink, int place = -1)
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
                Slots = SlotsOf(message.Schema, data, place),
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
        if (_coming.Count > 0) BeginWarming(stamp, sink);
        Rules.AdvanceTo(stamp, sink);
        Clock = stamp;
    }

    /// <summary>Does what an operator commanded.</summary>
    public void Take(OperatorCommand.Acknowledge command, Instant stamp, Position position, IDecisionSink sink)
    {
        AdvanceTo(stamp, sink);
        Rules.Acknowledge(command, stamp, position, sink);
        Count(position);
    }

    /// <summary>An input that changes nothing but the clock.</summary>
    public void PassOver(Instant stamp, Position position, IDecisionSink sink)
    {
        AdvanceTo(stamp, sink);
        Count(position);
    }

    /// <summary>
    /// The data, or nothing where it has no members: the store keeps an event without data and one with empty data alike,
    /// so they must be alike before as well.
    /// </summary>
    public static ReadOnlySpan<byte> WithoutEmpty(ReadOnlySpan<byte> data) =>
        data.Length >= 2 && data[1..^1].IndexOfAnyExcept(" \t\r\n"u8) >= 0 ? data : default;

    /// <summary>Feeds the new and changed rules of a set that takes over later, from the time on that its activation names.</summary>
    /// <param name="activation">Its stamp need not be known yet.</param>
    /// <param name="warm">Makes their warming. Called when that time has come.</param>
    public void Expect(StampedInput.Activation activation, Func<RuleWarming> warm) =>
        _coming.Add(new Coming(activation.Rules.Digest, activation.WarmedFrom!.Value, warm));

    /// <summary>Whether <see cref="Expect"/> was told of this activation.</summary>
    public bool Expects(StampedInput.Activation activation) => Find(activation) is not null;

    /// <summary>Lets a set of rules take over; see <see cref="RuleSession.Activate"/>.</summary>
    public void Activate(RuleSet set, StampedInput.Activation activation, Position position, IDecisionSink sink)
    {
        AdvanceTo(activation.Stamp, sink);
        var coming = Find(activation);
        Rules.Activate(set, activation.Stamp, sink, coming?.Warming);
        if (coming is not null) _coming.Remove(coming);
        ActiveRules = (activation.Rules.Digest, position);
        Count(position);
    }

    /// <summary>Writes down all state. Only between inputs, and only while <see cref="IsWhole"/>.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write(Clock);
        writer.Write(Position.Value);
        writer.Write(Inputs);
        writer.Write(ActiveRules.Digest);
        writer.Write(ActiveRules.By.Value);
        Fleet.Save(writer);
        Rules.Save(writer);
    }

    /// <summary>A timeline as it was when it was saved.</summary>
    /// <param name="set">The rules that ran.</param>
    /// <param name="changes">As for a new one. Nothing is marked.</param>
    /// <exception cref="StateFormatException">The bytes are damaged.</exception>
    public static Timeline Restore(EventCatalogue catalogue, RuleSet set, StateReader reader, PublishedSet? changes)
    {
        var (clock, position, inputs) = (reader.ReadInstant(), new Position(reader.ReadInt64()), reader.ReadInt64());
        var active = (reader.ReadSomeText(), new Position(reader.ReadInt64()));
        var fleet = Fleet.Restore(reader);
        var rules = RuleSession.Restore(
            set,
            reader,
            index => (uint)index < (uint)fleet.VmCount ? fleet.VmAt(index) : throw new StateFormatException($"there is no VM {index}"),
            index => (uint)index < (uint)fleet.HostCount ? fleet.HostAt(index) : throw new StateFormatException($"there is no host {index}"));
        return new Timeline(catalogue, rules, changes, fleet) { Clock = clock, Position = position, Inputs = inputs, ActiveRules = active };
    }

    private void Count(Position position)
    {
        Position = position;
        Inputs++;
    }

    private Coming? Find(StampedInput.Activation activation) => _coming.Find(c => c.Digest == activation.Rules.Digest && c.From == activation.WarmedFrom);

    // Where a warming begins, state is as before the first input from then on, whenever that comes.
    private void BeginWarming(Instant stamp, IDecisionSink sink)
    {
        foreach (var coming in _coming.Where(c => c.Warming is null && c.From <= stamp).OrderBy(c => c.From).ToArray())
        {
            Rules.AdvanceTo(coming.From, sink);
            coming.Warming = coming.Warm();
            coming.Warming.Begin(coming.From, Fleet.Vms, Fleet.Hosts);
            Rules.Foresee(coming.Warming);
        }
    }

    /// <summary>The members of an event's data. What is returned is valid until the next call.</summary>
    /// <param name="place">As for <see cref="Feed(StampedInput.Event, Position, IDecisionSink, int)"/>.</param>
    public ReadOnlySpan<MemberSlot> SlotsOf(EventSchema? schema, ReadOnlySpan<byte> data, int place)
    {
        if (place >= 0 && _ahead.TryGetSlots(place, out var slots)) return slots;
        if (schema is not { SlotCount: > 0 }) return [];
        EventDecoder.ReadSlots(schema, data, _slots);
        return _slots.AsSpan(0, schema.SlotCount);
    }

    /// <summary>A set that takes over later.</summary>
    private sealed class Coming(string digest, Instant from, Func<RuleWarming> warm)
    {
        public string Digest { get; } = digest;

        public Instant From { get; } = from;

        public Func<RuleWarming> Warm { get; } = warm;

        /// <summary>Null before its time.</summary>
        public RuleWarming? Warming { get; set; }
    }
}
