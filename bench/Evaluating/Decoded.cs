using Qualm.Bench.Workloads;
using Qualm.Engine.Turns;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Projections;
using Qualm.Rules;

namespace Qualm.Bench.Evaluating;

/// <summary>Events of a file, decoded and folded once, to be judged over and over as one history without end.</summary>
internal sealed class Decoded
{
    private readonly (EventSchema Schema, byte[] Data, MemberSlot[] Slots, VmState Vm)[] _events;
    private readonly CountingSink _sink = new();
    private readonly RuleSession _rules;
    private readonly long _stepMicros;
    private long _fed;

    /// <param name="vms">Each event is of one of them, drawn.</param>
    /// <param name="stepMicros">Between two events.</param>
    public Decoded(EventFile file, RuleSet rules, int vms, long stepMicros)
    {
        (_rules, _stepMicros) = (new RuleSession(rules), stepMicros);
        var (fleet, fold, draw) = (new Projections.Fleet(), new FleetFold(QmpCatalogue.Instance), new Draw(7));
        var events = new List<(EventSchema, byte[], MemberSlot[], VmState)>();
        var slots = new MemberSlot[QmpCatalogue.Instance.MostSlots];
        for (var rest = file.Bytes.AsSpan(); !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)'\n');
            EventDecoder.TryDecode(rest[..end], QmpCatalogue.Instance, slots, out var decoded);
            rest = rest[(end + 1)..];
            events.Add((decoded.Schema!, Timeline.WithoutEmpty(decoded.Data).ToArray(), Timeline.WithoutEmpty(decoded.Data).IsEmpty ? [] : decoded.Slots.ToArray(), fleet.GetOrAddVm($"vm-{draw.Below(vms)}")));
        }

        _events = [.. events];
        for (var i = 0; i < _events.Length; i++) fold.Apply(View(i));
    }

    public int Count => _events.Length;

    /// <summary>Decisions an event, over everything fed so far.</summary>
    public double DecisionsPerEvent => (double)_sink.Count / _fed;

    /// <summary>Judges them all once.</summary>
    public void Run()
    {
        for (var i = 0; i < _events.Length; i++)
        {
            _fed++;
            _rules.Process(View(i), _sink);
        }
    }

    private EventView View(int index)
    {
        ref readonly var item = ref _events[index];
        var at = new Instant(EventFile.Start.Micros + (_fed * _stepMicros));
        return new EventView
        {
            Schema = item.Schema,
            Name = item.Schema.Name,
            Data = item.Data,
            Slots = item.Slots,
            At = at,
            Stamp = at,
            Position = new Position(_fed),
            Weight = 1,
            Vm = item.Vm,
            Source = "",
        };
    }
}
