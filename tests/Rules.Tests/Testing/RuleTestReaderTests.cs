using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules.Testing;

namespace Qualm.Rules.Tests.Testing;

public sealed class RuleTestReaderTests
{
    [Fact]
    public void Inputs_are_counted_in_the_order_of_their_times()
    {
        var inputs = Read("""
            # a comment, and a blank line

            +0s vm-1 STOP x3 every 2s
            +1s vm-2 GUEST_PANICKED {"action":"pause", "info":{"type":"hyper-v"}}
            """).Inputs;
        inputs.Select(i => (i.Offset.TotalSeconds, i.Vm, i.Event)).ShouldBe(
            [(0, "vm-1", "STOP"), (1, "vm-2", "GUEST_PANICKED"), (2, "vm-1", "STOP"), (4, "vm-1", "STOP")]);
        inputs[1].Data.ShouldBe("""{"action":"pause", "info":{"type":"hyper-v"}}""");
        inputs[0].Data.ShouldBe("");
    }

    [Fact]
    public void A_gap_is_three_inputs()
    {
        var inputs = Read("+80s vm-1 @GAP 5s").Inputs;
        inputs.Select(i => (i.Offset.TotalSeconds, i.Event)).ShouldBe([(80, "MONITOR_LOST"), (85, "MONITOR_CONNECTED"), (85, "STATE_RESYNCED")]);
        inputs[2].Data.ShouldBeNull();
        Read("""+80s vm-1 @GAP 5s {"status":"paused","running":false}""").Inputs[2].Data.ShouldBe("""{"status":"paused","running":false}""");
    }

    [Fact]
    public void The_example_of_the_language_reads_without_a_finding()
    {
        var reading = RuleTestReader.Read("a.test.yaml", """
            rules: storage.yaml
            start: 2026-01-01T00:00:00Z
            fleet: { vm-1: { host: h1, labels: { env: prod } } }
            tests:
            - name: three bad reads in ten minutes page once
              events: |
                +0s   vm-1 QUORUM_REPORT_BAD {"type":"read","node-name":"q0","sector-num":8,"sectors-count":1}  x3 every 2s
                +70s  vm-1 QUORUM_REPORT_BAD {"type":"read","node-name":"q0","sector-num":8,"sectors-count":1}
                +80s  vm-1 @GAP 5s
              expect:
              - { at: 3s,  no_alert: QuorumChildCorrupt }
              - { at: 4s,  alert: QuorumChildCorrupt, key: [vm-1, q0], severity: warning, because: [1, 2, 3] }
              - { at: 40m, resolved: QuorumChildCorrupt, reason: quiet }
              - { deliveries: { page-storage: [firing, resolved] } }
            properties: { crash_after_each_event: true, duplicate_each_event: true, reorder: true }
            """, QmpCatalogue.Instance);
        reading.Diagnostics.ShouldBeEmpty();
        var file = reading.File.ShouldNotBeNull();
        file.Properties.ShouldBe(new RuleTestProperties(true, true, true));
        file.Fleet[0].Labels["env"].ShouldBe("prod");
        file.Tests[0].Inputs.Length.ShouldBe(7);
        var alert = file.Tests[0].Expectations[1].ShouldBeOfType<Expectation.Alert>();
        (alert.Severity, alert.At.TotalSeconds).ShouldBe((Severity.Warning, 4));
        file.Tests[0].Expectations[3].ShouldBeOfType<Expectation.Deliveries>().Transitions.ShouldBe([TransitionKind.Firing, TransitionKind.Resolved]);
    }

    [Fact]
    public void Every_fault_of_a_file_is_told_at_its_place()
    {
        var reading = RuleTestReader.Read("a.test.yaml", """
            rules: storage.yaml
            fleet: { vm-1: { hots: h1 } }
            tests:
            - name: bad
              events: |
                +0s vm-1 STOPP
                0s vm-1 STOP
                +1s vm-1 STOP x3 evry 2s
                +1s vm-1 BLOCK_IO_ERROR {"device": nope}
                +1s vm-1 STOP twice
                +1s vm-1 @GAP soon
              expect:
              - { at: 1s, alret: X }
              - { at: 1s, resolved: X, reason: quite }
              - { deliveries: { page: [fired] } }
            """, QmpCatalogue.Instance);
        reading.File.ShouldBeNull();
        string.Join('\n', reading.Diagnostics.Select(d => $"{d.Span.Line}:{d.Span.Column}: {d.Code}: {d.Message}{(d.Hint is null ? "" : $" = {d.Hint}")}")).ShouldBe("""
            2:18: T104: a VM of 'fleet' has no key 'hots' = did you mean host?
            6:14: T121: unknown event 'STOPP' = did you mean STOP?
            7:5: T120: '0s' is not an offset from the start = write it as in +1h2m3s500ms
            8:22: T120: 'every' needs a length of time = write it as in x3 every 2s
            9:41: T122: the data is not JSON = members and texts are in double quotes: {"type":"read"}
            10:19: T120: 'twice' is not expected here = write it as in +0s vm-1 EVENT {"member":1} x3 every 2s
            11:19: T120: @GAP needs how long the monitor is lost = write it as in +80s vm-1 @GAP 5s
            13:15: T104: a member of 'expect' has no key 'alret' = did you mean alert?
            14:36: T112: 'reason' cannot be 'quite' = did you mean quiet?
            15:28: T112: 'fired' is not a transition that is delivered = it is one of: firing, severity, acknowledged, resolved, unknown
            """);
    }

    private static RuleTest Read(string events)
    {
        var text = "rules: r.yaml\ntests:\n- name: t\n  events: |\n" + string.Concat(events.Split('\n').Select(l => $"    {l}\n")) + "  expect:\n  - { at: 1s, no_alert: A }\n";
        var reading = RuleTestReader.Read("a.test.yaml", text, QmpCatalogue.Instance);
        return reading.File.ShouldNotBeNull(string.Join('\n', reading.Diagnostics.Select(d => d.Render()))).Tests[0];
    }
}
