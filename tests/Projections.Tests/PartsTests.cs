using System.Text;
using Qualm.Model;

namespace Qualm.Projections.Tests;

public class PartsTests
{
    private readonly Some _some = new();

    [Fact]
    public void Weights_count()
    {
        var vm = _some.Happens("BLOCK_IO_ERROR", 1, "{'device':'','node-name':'n','operation':'read','action':'report','reason':'x'}", weight: 500);
        (vm.Events, vm.Disks.IoErrors, vm.Disks.ByName["n"].Errors).ShouldBe((500, 500, 500));
    }

    [Fact]
    public void A_job_lives_from_created_to_concluded()
    {
        _some.Happens("JOB_STATUS_CHANGE", 1, "{'id':'m','status':'created'}");
        _some.Happens("BLOCK_JOB_READY", 2, "{'device':'m','len':1,'offset':1,'speed':0,'type':'mirror'}");
        var job = _some.Vm.Jobs.ById["m"];
        (job.Status, job.Type, job.Since).ShouldBe(("ready", "mirror", Some.Start + TimeSpan.FromSeconds(2)));
        _some.Happens("BLOCK_JOB_COMPLETED", 3, "{'device':'m','len':1,'offset':0,'speed':0,'type':'mirror','error':'No space'}");
        var jobs = _some.Happens("JOB_STATUS_CHANGE", 3, "{'id':'m','status':'null'}").Jobs;
        (jobs.Running, jobs.Completed, jobs.Failed, jobs.LastError).ShouldBe((0, 0, 1, "No space"));
    }

    [Fact]
    public void The_agent_is_known_by_its_port()
    {
        _some.Happens("VSERPORT_CHANGE", 1, "{'id':'other','open':true}").Ports.AgentKnown.ShouldBeFalse();
        _some.Happens("VSERPORT_CHANGE", 2, "{'id':'org.qemu.guest_agent.0','open':true}");
        _some.Happens("VSERPORT_CHANGE", 9, "{'id':'org.qemu.guest_agent.0','open':true}");
        var ports = _some.Vm.Ports;
        (ports.AgentConnected, ports.AgentSince, ports.Open["other"]).ShouldBe((true, Some.Start + TimeSpan.FromSeconds(2), true));
    }

    [Theory]
    [InlineData("MEM_UNPLUG_ERROR", "{'device':'dimm0','msg':'no'}", "dimm0", "no")]
    [InlineData("DEVICE_UNPLUG_GUEST_ERROR", "{'path':'/machine/x'}", "/machine/x", "")]
    [InlineData("DEVICE_UNPLUG_GUEST_ERROR", "{'device':'cpu1','path':'/machine/x'}", "cpu1", "")]
    public void Refused_unplugs_are_told_in_several_ways(string name, string data, string device, string message)
    {
        var unplug = _some.Happens(name, 1, data).Unplug;
        (unplug.Errors, unplug.LastDevice, unplug.LastMessage).ShouldBe((1, device, message));
    }

    [Theory]
    [InlineData(3, 130, 1)]
    [InlineData(3, 132, 0)]
    [InlineData(3, 0, 0)]
    [InlineData(1, 130, 0)]
    [InlineData(259, 128, 1)]
    public void An_ACPI_report_refuses_only_what_was_to_be_ejected(int source, int status, int errors) =>
        _some.Happens("ACPI_DEVICE_OST", 1, $"{{'info':{{'device':'d','slot':'0','slot-type':'DIMM','source':{source},'status':{status}}}}}")
            .Unplug.Errors.ShouldBe(errors);

    [Fact]
    public void A_guest_that_makes_up_names_fills_no_memory_and_the_newest_stay()
    {
        for (var i = 0; i < 1000; i++) _some.Happens("VSERPORT_CHANGE", i, $"{{'id':'p{i}','open':true}}");
        var open = _some.Vm.Ports.Open;
        open.Count.ShouldBe(NamedStates<bool>.Capacity);
        open.Keys.ShouldAllBe(id => int.Parse(id.Substring(1)) >= 1000 - NamedStates<bool>.Capacity);
        open.Keys.ShouldBe(open.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""a\"b\\c\/\n\u00e9\ud83d\ude00""", "a\"b\\c/\né😀")]
    [InlineData("""x\ud800y""", "x\uFFFDy")]
    [InlineData("""é😀""", "é😀")]
    [InlineData("", "")]
    public void Texts_are_decoded_as_JSON_says(string json, string text)
    {
        Span<char> buffer = stackalloc char[64];
        var bytes = Encoding.UTF8.GetBytes(json);
        buffer[..SlotText.Decode(bytes, json.Contains('\\'), buffer)].ToString().ShouldBe(text);
    }

    [Fact]
    public void A_text_that_is_too_long_is_cut_between_characters()
    {
        Span<char> buffer = stackalloc char[4];
        buffer[..SlotText.Decode("abc😀"u8, false, buffer)].ToString().ShouldBe("abc");
        buffer[..SlotText.Decode("abc\\ud83d\\ude00"u8, true, buffer)].ToString().ShouldBe("abc");
    }

    [Fact]
    public void The_last_events_are_the_newest_in_order()
    {
        for (var i = 1; i <= 20; i++) _some.Happens("RESUME", i);
        _some.Vm.LastEvents.Select(e => e.Position.Value).ShouldBe(Enumerable.Range(13, 8).Select(i => (long)i));
    }
}
