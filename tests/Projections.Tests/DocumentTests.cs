using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Qualm.Projections.Tests;

public class DocumentTests
{
    private static readonly (string Name, string? Data)[] Menu =
    [
        ("RESUME", null), ("STOP", null), ("SUSPEND", null), ("WAKEUP", null),
        ("RESET", "{'guest':true,'reason':'guest-reset'}"),
        ("SHUTDOWN", "{'guest':true,'reason':'guest-shutdown'}"), ("SHUTDOWN", "{'guest':false,'reason':'host-qmp-quit'}"),
        ("GUEST_PANICKED", "{'action':'pause'}"), ("GUEST_CRASHLOADED", "{'action':'run'}"),
        ("WATCHDOG", "{'action':'pause'}"), ("WATCHDOG", "{'action':'poweroff'}"),
        ("BLOCK_IO_ERROR", "{'device':'d0','operation':'read','action':'stop','nospace':true,'reason':'no \\u00e9 space'}"),
        ("BLOCK_IMAGE_CORRUPTED", "{'device':'','node-name':'n','msg':'m','fatal':true}"),
        ("QUORUM_REPORT_BAD", "{'type':'read','node-name':'q0','sector-num':8,'sectors-count':1}"),
        ("QUORUM_FAILURE", "{'reference':'q','sector-num':8,'sectors-count':1}"),
        ("MIGRATION", "{'status':'setup'}"), ("MIGRATION", "{'status':'active'}"), ("MIGRATION", "{'status':'completed'}"),
        ("MIGRATION_PASS", "{'pass':3}"),
        ("JOB_STATUS_CHANGE", "{'id':'j','status':'running'}"), ("JOB_STATUS_CHANGE", "{'id':'k','status':'created'}"),
        ("JOB_STATUS_CHANGE", "{'id':'j','status':'concluded'}"),
        ("BLOCK_JOB_COMPLETED", "{'device':'j','len':1,'offset':0,'speed':0,'type':'mirror','error':'bad'}"),
        ("BLOCK_JOB_ERROR", "{'device':'j','operation':'read','action':'ignore'}"),
        ("BALLOON_CHANGE", "{'actual':123}"), ("DUMP_COMPLETED", "{'result':{'status':'failed','completed':0,'total':9},'error':'x'}"),
        ("VSERPORT_CHANGE", "{'id':'org.qemu.guest_agent.0','open':true}"), ("VSERPORT_CHANGE", "{'id':'p','open':false}"),
        ("MEM_UNPLUG_ERROR", "{'device':'dimm0','msg':'no'}"),
        ("MONITOR_CONNECTED", "{'source':'s','epoch':1,'name':'N','uuid':'U','version':'11.1.3'}"),
        ("MONITOR_LOST", "{'source':'s','reason':'closed'}"),
        ("STATE_RESYNCED", "{'status':'running','running':true}"), ("STATE_RESYNCED", "{'status':'inmigrate','running':false}"),
        ("UNKNOWN_EVENT", "{'x':1}"),
    ];

    private static readonly Gen<Step> Steps =
        from kind in Gen.Choose(0, Menu.Length - 1)
        from at in Gen.Choose(0, 40)
        from vm in Gen.Elements("a", "b")
        from host in Gen.Elements<string?>(null, "h1", "h2")
        from import in Gen.Frequency((5, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new Step(kind, at, vm, host, import);

    private static readonly Arbitrary<List<Step>> Histories = Arb.From(Gen.ListOf(Steps).Select(s => s.ToList()));

    [Fact]
    public void A_VM_read_back_equals_what_was_written_and_goes_on_the_same() =>
        Prop.ForAll(Histories, Histories, (before, after) =>
        {
            var original = Told(new Some(), before);
            var restored = original.Restored();
            var hostsAgree = HostsOf(original).SequenceEqual(HostsOf(restored));
            var same = Vms(original) == Vms(restored);
            return same && hostsAgree && Vms(Told(original, after)) == Vms(Told(restored, after));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Hosts_always_are_the_sums_over_their_VMs() =>
        Prop.ForAll(Histories, steps =>
        {
            var some = Told(new Some(), steps);
            return some.Fleet.Hosts.All(host =>
            {
                var here = some.Fleet.Vms.Where(vm => vm.Host == host && vm.Status != "gone").ToList();
                return host.Vms == here.Count
                    && host.RunningVms == here.Count(vm => vm.Status == "running")
                    && host.LostMonitors == here.Count(vm => vm.Monitor.Known && !vm.Monitor.Connected)
                    && host.PanickedVms == here.Count(vm => vm.Panics.Panicked);
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Folding_is_a_function_of_the_events_alone() =>
        Prop.ForAll(Histories, steps => Told(new Some(), steps).Picture() == Told(new Some(), steps).Picture()).QuickCheckThrowOnFailure();

    [Fact]
    public void The_document_is_in_snake_case_and_a_fixed_order()
    {
        var some = new Some();
        some.Happens("RESUME", 0.000001, host: "h1");
        Fleet.SetLabels(some.Vm, ImmutableSortedDictionary<string, string>.Empty.Add("env", "prod"));
        var text = Encoding.UTF8.GetString(VmDocument.ToUtf8(some.Vm).Span);
        text.ShouldStartWith(
            """{"id":"a","name":"a","uuid":"","qemu_version":"","host":"h1","status":"running","since":"2027-01-15T08:00:00.000001Z","labels":{"env":"prod"},"monitor":{""");
        text.ShouldContain("\"last_position\":1,\"last_events\":[{\"name\":\"RESUME\",\"at\":\"2027-01-15T08:00:00.000001Z\",\"position\":1}]");
        text.ShouldContain("\"panics\":{\"count\":0,\"last_at\":null,");
    }

    [Fact]
    public void Members_of_a_later_version_are_passed_over_and_missing_ones_are_as_at_the_start()
    {
        var vm = VmDocument.Read("""{"id":"x","status":"paused","tomorrow":{"a":[1]}}"""u8.ToArray(), new Fleet());
        (vm.Id, vm.Name, vm.Status, vm.Host, vm.Labels.Count).ShouldBe(("x", "x", "paused", null, 0));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"name\":\"x\"}")]
    [InlineData("{")]
    [InlineData("{\"id\":\"x\",\"since\":\"yesterday\"}")]
    public void What_is_no_document_of_a_VM_is_refused(string json) =>
        Should.Throw<JsonException>(() => VmDocument.Read(Encoding.UTF8.GetBytes(json), new Fleet()));

    private static Some Told(Some some, List<Step> steps)
    {
        foreach (var step in steps)
        {
            var (name, data) = Menu[step.Kind];
            some.Happens(name, step.At, data, step.Host, step.Vm, onlyNewer: step.Import);
        }

        return some;
    }

    private static string Vms(Some some) =>
        string.Join('\n', some.Fleet.Vms.Select(vm => Encoding.UTF8.GetString(VmDocument.ToUtf8(vm).Span)));

    private static IEnumerable<string> HostsOf(Some some) => some.Fleet.Hosts.Where(h => h.Vms > 0)
        .Select(host => Encoding.UTF8.GetString(HostDocument.ToUtf8(host).Span));

    private sealed record Step(int Kind, int At, string Vm, string? Host, bool Import);
}
