using System.Text;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Rules.Tests.Run;

/// <summary>What is decided costs memory only where somebody keeps it.</summary>
public sealed class DecisionAllocationTests : IDecisionSink
{
    private const int Vms = 50;

    private readonly VmState[] _vms = [.. Enumerable.Range(0, Vms).Select(i => new VmState($"vm-{i}", i))];
    private readonly byte[] _data = Encoding.UTF8.GetBytes("""{"type":"read","node-name":"q0","sector-num":8,"sectors-count":1}""");
    private readonly EventSchema _schema = QmpCatalogue.Instance.Find("QUORUM_REPORT_BAD")!;
    private readonly EventSchema _other = QmpCatalogue.Instance.Find("STOP")!;
    private long _decisions;
    private long _causes;
    private long _position;

    [Theory]
    [InlineData("""
        - alert: Filter
          on: QUORUM_REPORT_BAD
          where: event.data.type == "read"
          resolve: [ { quiet: 20s } ]
          labels: { node: "{{ key.node_name }}" }
          by: [vm.id, event.data.node_name]
          annotations: { summary: "{{ vm.name }}: {{ agg.count }} seen", what: constant }
        """)]
    [InlineData("""
        - alert: Count
          on: QUORUM_REPORT_BAD
          count: ">= 2"
          within: 30s
          severity: { warning: "agg.count >= 2", critical: "agg.count >= 3" }
          annotations: { summary: "{{ vm.name }}: {{ agg.count }} times" }
        """)]
    [InlineData("""
        - alert: Held
          on: QUORUM_REPORT_BAD
          for: 5s
          cooldown: 40s
          resolve: [ { on: STOP } ]
        """)]
    [InlineData("""
        - alert: Ends
          on: QUORUM_REPORT_BAD
          resolve: [ { on: STOP, for: 3s }, { when: vm.panicked } ]
        """)]
    [InlineData("""
        - alert: Absent
          on: QUORUM_REPORT_BAD
          absent: { on: RESUME }
          within: 7s
          resolve: [ { quiet: 10s } ]
        """)]
    [InlineData("""
        - alert: Sum
          on: QUORUM_REPORT_BAD
          sum: { of: event.data.sector_num, is: ">= 15" }
          within: 30s
          annotations: { summary: "{{ vm.name }}: {{ agg.sum }}" }
        """)]
    [InlineData("""
        - alert: Tumbling
          on: QUORUM_REPORT_BAD
          count: ">= 2"
          within: 30s
          window: tumbling
        """)]
    [InlineData("""
        - alert: Muting
          on: QUORUM_REPORT_BAD
          by: [event.data.node_name]
          count: ">= 1000000"
          within: 1m
          inhibits: [ { alert: "Nothing*", equal: [node_name] } ]
        - alert: Nothing1
          on: GUEST_PANICKED
          by: [vm.id, "node_name: event.name"]
        - alert: Other
          on: QUORUM_REPORT_BAD
          resolve: [ { quiet: 20s } ]
          annotations: { summary: "{{ vm.name }}" }
        """)]
    public void A_decision_that_nobody_keeps_allocates_nothing_once_tables_have_grown(string rules)
    {
        var session = new RuleSession(Timeline.Compile(Timeline.Group(rules)));
        Feed(session, 60_000);
        var (decisions, before) = (_decisions, GC.GetAllocatedBytesForCurrentThread());
        Feed(session, 20_000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        (_decisions - decisions).ShouldBeGreaterThan(2_000);
        allocated.ShouldBeLessThan(_decisions - decisions);
        _causes.ShouldBeGreaterThan(0);
    }

    void IDecisionSink.Decide(AlertTransition transition) => throw new InvalidOperationException("nobody asked to keep it");

    void IDecisionSink.Decide(in DecisionView decision) => (_decisions, _causes) = (_decisions + 1, _causes + decision.Because.Length);

    // A VM sends two events a second apart, then STOP, and comes again in 50 s; every third time it is silent for four minutes.
    private void Feed(RuleSession session, int events)
    {
        for (var i = 0; i < events; i++)
        {
            var (round, vm, step) = (_position / (Vms * 3), _position / 3 % Vms, _position % 3);
            var at = new Instant((((round * 50) + (round / 3 * 240) + vm) * Instant.Second) + (step * Instant.Second / 4));
            _position++;
            var schema = step == 2 ? _other : _schema;
            var slots = schema == _schema ? _slots ??= Slots() : [];
            session.Process(
                new EventView
                {
                    Schema = schema,
                    Name = schema.Name,
                    Data = slots.Length == 0 ? default : _data,
                    Slots = slots,
                    At = at,
                    Stamp = at,
                    Position = new Position(_position),
                    Weight = 1,
                    Vm = _vms[vm],
                    Source = "",
                },
                this);
        }
    }

    private MemberSlot[]? _slots;

    private MemberSlot[] Slots()
    {
        var slots = new MemberSlot[_schema.SlotCount];
        EventDecoder.ReadSlots(_schema, _data, slots);
        return slots;
    }
}
