namespace Qualm.Projections.Tests;

public class HostTests
{
    private readonly Some _some = new();

    [Fact]
    public void A_host_adds_up_its_VMs()
    {
        _some.Happens("RESUME", 1, host: "h1", vm: "a");
        _some.Happens("STOP", 1, host: "h1", vm: "b");
        _some.Happens("GUEST_PANICKED", 2, "{'action':'run'}", vm: "a");
        _some.Happens("MONITOR_LOST", 3, "{'source':'s','reason':'r'}", vm: "b");
        Sums("h1").ShouldBe((2, 1, 1, 1));
        _some.Happens("SHUTDOWN", 4, "{'guest':false,'reason':'host-qmp-quit'}", vm: "a");
        Sums("h1").ShouldBe((1, 0, 1, 0));
    }

    [Fact]
    public void A_live_migration_moves_the_VM_when_the_target_resumes_and_the_source_then_says_nothing_of_it()
    {
        _some.Happens("RESUME", 0, host: "h1");
        _some.Happens("MONITOR_CONNECTED", 1, "{'source':'t','epoch':1}", host: "h2");
        _some.Happens("STATE_RESYNCED", 1, "{'status':'inmigrate','running':false}", host: "h2").Status.ShouldBe("running");
        _some.Happens("MIGRATION", 2, "{'status':'active'}", host: "h1");
        _some.Happens("STOP", 3, host: "h1");
        Sums("h1").ShouldBe((1, 0, 0, 0));
        _some.Happens("RESUME", 3, host: "h2");
        (Sums("h1"), Sums("h2")).ShouldBe(((0, 0, 0, 0), (1, 1, 0, 0)));
        _some.Happens("MIGRATION", 3, "{'status':'completed'}", host: "h1");
        _some.Happens("SHUTDOWN", 4, "{'guest':false,'reason':'host-qmp-quit'}", host: "h1");
        _some.Happens("MONITOR_LOST", 4, "{'source':'s','reason':'r'}", host: "h1");
        (_some.Vm.Status, _some.Vm.Host!.Id).ShouldBe(("running", "h2"));
        (Sums("h1"), Sums("h2")).ShouldBe(((0, 0, 0, 0), (1, 1, 0, 0)));
    }

    [Fact]
    public void A_VM_that_ended_here_and_starts_there_moves()
    {
        _some.Happens("RESUME", 0, host: "h1");
        _some.Happens("SHUTDOWN", 1, "{'guest':false,'reason':'host-qmp-quit'}", host: "h1");
        _some.Happens("MONITOR_CONNECTED", 2, "{'source':'s','epoch':1}", host: "h2").Host!.Id.ShouldBe("h2");
        (Sums("h1"), Sums("h2")).ShouldBe(((0, 0, 0, 0), (1, 0, 0, 0)));
    }

    private (int Vms, int Running, int Lost, int Panicked) Sums(string id)
    {
        var host = _some.Fleet.FindHost(id)!;
        return (host.Vms, host.RunningVms, host.LostMonitors, host.PanickedVms);
    }
}
