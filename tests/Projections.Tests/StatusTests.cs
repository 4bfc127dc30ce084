namespace Qualm.Projections.Tests;

public class StatusTests
{
    private readonly Some _some = new();

    [Theory]
    [InlineData("GUEST_PANICKED", "{'action':'pause'}", "guest-panicked")]
    [InlineData("BLOCK_IO_ERROR", "{'device':'d0','operation':'read','action':'stop','reason':'x'}", "io-error")]
    [InlineData("WATCHDOG", "{'action':'pause'}", "watchdog")]
    [InlineData("SHUTDOWN", "{'guest':true,'reason':'guest-shutdown'}", "shutdown")]
    [InlineData("MIGRATION", "{'status':'active'}", "finish-migrate")]
    [InlineData("BLOCK_IO_ERROR", "{'device':'d0','operation':'read','action':'report','reason':'x'}", "paused")]
    [InlineData("GUEST_PANICKED", "{'action':'run'}", "paused")]
    public void A_stop_is_what_the_event_before_it_announced(string name, string data, string status)
    {
        _some.Happens("RESUME", 0);
        _some.Happens(name, 1, data);
        var vm = _some.Happens("STOP", 2);
        vm.Status.ShouldBe(status);
    }

    [Fact]
    public void An_announcement_serves_one_stop_only()
    {
        _some.Happens("BLOCK_IO_ERROR", 1, "{'device':'d0','operation':'read','action':'stop','reason':'x'}");
        _some.Happens("STOP", 2);
        _some.Happens("RESUME", 3);
        _some.Happens("STOP", 4).Status.ShouldBe("paused");
    }

    [Fact]
    public void Since_is_when_the_status_began_not_when_it_was_told_again()
    {
        _some.Happens("RESUME", 1);
        _some.Happens("RESUME", 2).Since.ShouldBe(Some.Start + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Resuming_does_not_cure_a_panic_but_a_reset_does()
    {
        _some.Happens("GUEST_PANICKED", 1, "{'action':'pause'}");
        _some.Happens("STOP", 2);
        _some.Happens("RESUME", 3).Panics.Panicked.ShouldBeTrue();
        _some.Happens("RESET", 4, "{'guest':false,'reason':'host-qmp-system-reset'}").Panics.Panicked.ShouldBeFalse();
    }

    [Fact]
    public void A_machine_that_stands_still_waits_at_its_beginning_after_a_reset()
    {
        _some.Happens("STOP", 1);
        _some.Happens("RESET", 2, "{'guest':false,'reason':'host-qmp-system-reset'}").Status.ShouldBe("prelaunch");
    }

    [Theory]
    [InlineData("host-qmp-quit", "gone")]
    [InlineData("host-signal", "gone")]
    [InlineData("guest-shutdown", "shutdown")]
    [InlineData("a-reason-of-tomorrow", "shutdown")]
    public void Only_some_shutdowns_surely_end_the_process(string reason, string status) =>
        _some.Happens("SHUTDOWN", 1, $"{{'guest':false,'reason':'{reason}'}}").Status.ShouldBe(status);

    [Fact]
    public void A_shutdown_and_then_the_loss_of_the_monitor_is_the_end()
    {
        _some.Happens("SHUTDOWN", 1, "{'guest':true,'reason':'guest-shutdown'}");
        Lose(2).Status.ShouldBe("gone");
    }

    [Fact]
    public void With_no_shutdown_the_process_stays_and_so_does_its_status()
    {
        _some.Happens("SHUTDOWN", 1, "{'guest':true,'reason':'guest-shutdown'}");
        _some.Happens("STOP", 1);
        Lose(2).Status.ShouldBe("shutdown");
    }

    [Fact]
    public void A_lost_monitor_by_itself_says_nothing_of_the_guest()
    {
        _some.Happens("RESUME", 0);
        Connect(1);
        var vm = Lose(2);
        vm.Status.ShouldBe("running");
        vm.Monitor.Connected.ShouldBeFalse();
        vm.Monitor.Losses.ShouldBe(1);
        vm.Monitor.Source.ShouldBe("unix:/a.sock");
    }

    [Fact]
    public void A_watchdog_that_powers_off_ends_without_a_shutdown()
    {
        _some.Happens("WATCHDOG", 1, "{'action':'poweroff'}");
        Lose(2).Status.ShouldBe("gone");
    }

    [Fact]
    public void What_the_monitor_answers_is_the_truth_even_by_an_earlier_clock()
    {
        _some.Happens("RESUME", 30);
        var vm = _some.Happens(
            "STATE_RESYNCED", 10, "{'status':'guest-panicked','running':false,'name':'db','uuid':'u-1','version':'7.2.22'}");
        (vm.Status, vm.Name, vm.Uuid, vm.QemuVersion, vm.Panics.Panicked).ShouldBe(("guest-panicked", "db", "u-1", "7.2.22", true));
        _some.Happens("RESUME", 5).Status.ShouldBe("running");
    }

    [Fact]
    public void A_new_process_does_not_inherit_what_the_old_one_was_doing()
    {
        _some.Happens("GUEST_PANICKED", 1, "{'action':'poweroff'}");
        _some.Happens("JOB_STATUS_CHANGE", 1, "{'id':'j','status':'running'}");
        _some.Happens("SHUTDOWN", 1, "{'guest':false,'reason':'host-qmp-quit'}");
        _some.Happens("JOB_STATUS_CHANGE", 1.5, "{'id':'j','status':'aborting'}").Status.ShouldBe("gone");
        var vm = Connect(2);
        (vm.Status, vm.Panics.Panicked, vm.Panics.Count, vm.Jobs.Running).ShouldBe(("unknown", false, 1, 0));
    }

    [Fact]
    public void A_VM_of_a_file_that_goes_on_long_after_its_end_is_not_gone()
    {
        _some.Happens("SHUTDOWN", 1, "{'guest':false,'reason':'host-qmp-quit'}");
        _some.Happens("RTC_CHANGE", 60, "{'offset':1,'qom-path':'/x'}").Status.ShouldBe("unknown");
    }

    [Fact]
    public void The_source_of_a_migration_ends_as_postmigrate_and_its_target_runs()
    {
        _some.Happens("RESUME", 0, vm: "source");
        _some.Happens("MIGRATION", 1, "{'status':'active'}", vm: "source");
        _some.Happens("STOP", 2, vm: "source");
        _some.Happens("MIGRATION", 3, "{'status':'completed'}", vm: "source").Status.ShouldBe("postmigrate");
        _some.Happens("STATE_RESYNCED", 0, "{'status':'inmigrate','running':false}", vm: "target");
        _some.Happens("RESUME", 3, vm: "target");
        _some.Happens("MIGRATION", 3, "{'status':'completed'}", vm: "target").Status.ShouldBe("running");
    }

    [Fact]
    public void A_run_state_nobody_knew_is_kept_as_it_is() =>
        _some.Happens("STATE_RESYNCED", 1, "{'status':'dreaming','running':false}").Status.ShouldBe("dreaming");

    [Fact]
    public void Events_that_are_not_known_count_and_are_remembered()
    {
        var vm = _some.Happens("EVENT_OF_TOMORROW", 1, "{'x':1}", weight: 3);
        vm.Events.ShouldBe(3);
        vm.LastEvents.Single().Name.ShouldBe("EVENT_OF_TOMORROW");
    }

    private Qualm.Model.VmState Connect(double at) => _some.Happens("MONITOR_CONNECTED", at, "{'source':'unix:/a.sock','epoch':1}");

    private Qualm.Model.VmState Lose(double at) => _some.Happens("MONITOR_LOST", at, "{'source':'unix:/a.sock','reason':'closed'}");
}
