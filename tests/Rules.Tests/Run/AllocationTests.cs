using System.Text;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Rules.Tests.Run;

public sealed class AllocationTests : IDecisionSink
{
    [Fact]
    public void Events_that_do_not_fire_allocate_nothing_once_tables_have_grown()
    {
        var session = new RuleSession(Timeline.Compile(Timeline.Group("""
            - alert: Filter
              on: QUORUM_REPORT_BAD
              where: event.data.type == "write" && event.data.sector_num > 5
            - alert: Count
              on: QUORUM_REPORT_BAD
              by: [vm.id, event.data.type]
              count: ">= 1000"
              within: 1s
            - alert: PerVm
              on: QUORUM_REPORT_BAD
              where: event.data.type == "read"
              count: ">= 1000"
              within: 1s
            - alert: Distinct
              on: QUORUM_REPORT_BAD
              distinct: { of: event.data.node_name, is: ">= 1000" }
              within: 1s
            - alert: Sum
              on: QUORUM_REPORT_BAD
              sum: { of: event.data.sector_num, is: ">= 1000000" }
              within: 1s
            - alert: Tumbling
              on: QUORUM_REPORT_BAD
              count: ">= 1000"
              within: 30s
              window: tumbling
            - alert: TumblingSum
              on: QUORUM_REPORT_BAD
              sum: { of: event.data.sector_num, is: ">= 1000000" }
              within: 30s
              window: tumbling
              annotations: { summary: "{{ vm.name }} {{ agg.sum }}" }
            - alert: Session
              on: QUORUM_REPORT_BAD
              max: { of: event.data.sector_num, is: ">= 1000000" }
              gap: 5s
              window: session
            - alert: SessionSum
              on: QUORUM_REPORT_BAD
              avg: { of: event.data.sector_num, is: ">= 1000000" }
              gap: 5s
              window: session
            - alert: Sequence
              sequence: [ { a: { on: QUORUM_REPORT_BAD } }, { b: { on: STOP } } ]
              within: 1s
            - alert: State
              when: vm.panicked
            - alert: Silent
              absent: { on: QUORUM_REPORT_BAD }
              within: 1h
            """)));
        var vms = Enumerable.Range(0, 50).Select(i => new VmState($"vm-{i}", i)).ToArray();
        var data = Encoding.UTF8.GetBytes("""{"type":"read","node-name":"q0","sector-num":8,"sectors-count":1}""");
        var schema = QmpCatalogue.Instance.Find("QUORUM_REPORT_BAD")!;
        var slots = new MemberSlot[schema.SlotCount];
        EventDecoder.ReadSlots(schema, data, slots);
        var position = 0L;
        Feed(100_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Feed(20_000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(20_000);

        void Feed(int events)
        {
            for (var i = 0; i < events; i++)
            {
                position++;
                session.Process(
                    new EventView
                    {
                        Schema = schema,
                        Name = schema.Name,
                        Data = data,
                        Slots = slots,
                        At = new Instant(position * 10_000),
                        Stamp = new Instant(position * 10_000),
                        Position = new Position(position),
                        Weight = 1,
                        Vm = vms[position % 50],
                        Source = "",
                    },
                    this);
            }
        }
    }

    void IDecisionSink.Decide(AlertTransition transition) => throw new InvalidOperationException("nothing should fire");
}
