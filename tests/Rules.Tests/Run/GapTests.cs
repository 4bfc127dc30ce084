namespace Qualm.Rules.Tests.Run;

/// <summary>What is concluded from silence while a monitor is lost. Every history begins with a connected monitor at 0.</summary>
public sealed class GapTests
{
    private const string NotResumed = "- alert: NotResumed\n  on: STOP\n  absent: { on: RESUME }\n  within: 10s";

    private const string Stopped = "- alert: Stopped\n  on: STOP\n  for: 10s\n  resolve: { on: RESUME }";

    private const string Paused = "- alert: Paused\n  when: 'vm.status == \"paused\" && age(vm.since) >= duration(\"10s\")'";

    [Fact]
    public void An_absence_due_in_a_gap_is_held_and_fires_when_the_VM_is_found_as_it_was() =>
        Connected(NotResumed).Add(1000, "STOP").Lost(5000).Tick(60000).Found(70000, "paused").Tick(100000).Lines
            .ShouldBe(["firing NotResumed [vm-1] at 11000 decided 70000 because 3,6 gap"]);

    [Fact]
    public void An_absence_whose_event_came_in_the_gap_does_not_fire() =>
        Connected(NotResumed).Add(1000, "STOP").Lost(5000).Tick(60000).Found(70000, "running").Tick(100000).Lines.ShouldBeEmpty();

    [Fact]
    public void An_absence_due_after_the_gap_is_judged_by_what_was_found_too() =>
        Connected(NotResumed).Add(1000, "STOP").Lost(5000).Found(6000, "paused").Tick(100000).Lines
            .ShouldBe(["firing NotResumed [vm-1] at 11000 decided 13000 because 3,6 gap"]);

    [Fact]
    public void An_event_that_leaves_no_trace_is_awaited_anew() =>
        Connected("- alert: Silent\n  on: POWERDOWN\n  absent: { on: RTC_CHANGE }\n  within: 10s")
            .Add(1000, "POWERDOWN").Lost(5000).Found(30000, "running").Tick(100000).Lines
            .ShouldBe(["firing Silent [vm-1] at 40000 decided 42000 because 3"]);

    [Fact]
    public void An_absence_without_an_opener_waits_anew_from_the_end_of_the_gap() =>
        Connected("- alert: Silent\n  absent: { on: RTC_CHANGE }\n  within: 10s")
            .Add(1000, "RTC_CHANGE").Lost(5000).Found(30000, "running").Add(39000, "RTC_CHANGE").Tick(100000).Lines
            .ShouldBe(["firing Silent [vm-1] at 49000 decided 51000 because 7"]);

    [Fact]
    public void A_panic_whose_stop_was_not_heard_still_tells_that_nothing_reset_the_machine() =>
        Connected("- alert: NotRecovered\n  on: GUEST_PANICKED\n  absent: { on: [RESET, SHUTDOWN] }\n  within: 10s")
            .Add(1000, "GUEST_PANICKED", data: """{"action":"pause"}""").Lost(1001).Found(30000, "guest-panicked").Tick(100000).Lines
            .ShouldBe(["firing NotRecovered [vm-1] at 11000 decided 30000 because 3,6 gap"]);

    [Fact]
    public void A_panicked_machine_that_is_found_running_was_reset() =>
        Connected("- alert: NotRecovered\n  on: GUEST_PANICKED\n  absent: { on: [RESET, SHUTDOWN] }\n  within: 10s")
            .Add(1000, "GUEST_PANICKED", data: """{"action":"pause"}""").Add(1001, "STOP").Lost(5000).Found(30000, "running").Tick(100000).Lines
            .ShouldBeEmpty();

    [Fact]
    public void A_condition_on_the_awaited_event_cannot_be_judged_by_a_trace() =>
        Connected("- alert: NotReset\n  on: GUEST_PANICKED\n  absent: { on: RESET, where: event.data.guest }\n  within: 10s")
            .Add(1000, "GUEST_PANICKED", data: """{"action":"pause"}""").Add(1001, "STOP").Lost(5000).Found(30000, "running").Tick(100000).Lines
            .ShouldBe(["firing NotReset [vm-1] at 40000 decided 42000 because 3"]);

    [Fact]
    public void What_is_pending_is_unknown_while_it_is_held_and_fires_when_the_state_stands() =>
        Connected(Stopped).Add(1000, "STOP").Lost(5000).Tick(60000).Found(70000, "paused").Tick(100000).Lines
            .ShouldBe(
            [
                "pending Stopped [vm-1] at 1000 decided 1000 because 3",
                "unknown Stopped [vm-1] at 11000 decided 13000 because 3 gap",
                "firing Stopped [vm-1] at 11000 decided 70000 because 3,6 gap",
            ]);

    [Fact]
    public void What_is_pending_ends_when_the_state_tells_that_its_end_came() =>
        Connected(Stopped).Add(1000, "STOP").Lost(5000).Found(7000, "running").Tick(100000).Lines
            .ShouldBe(["pending Stopped [vm-1] at 1000 decided 1000 because 3", "resolved Stopped [vm-1] at 7000 decided 7000 because 6 gap"]);

    [Fact]
    public void What_is_pending_and_leaves_no_trace_counts_anew() =>
        Connected("- alert: Down\n  on: POWERDOWN\n  for: 10s\n  resolve: { on: RTC_CHANGE }").Add(1000, "POWERDOWN").Lost(5000).Tick(20000).Found(30000, "running").Tick(100000).Lines
            .ShouldBe(
            [
                "pending Down [vm-1] at 1000 decided 1000 because 3",
                "unknown Down [vm-1] at 11000 decided 13000 because 3 gap",
                "firing Down [vm-1] at 40000 decided 42000 because 3",
            ]);

    [Fact]
    public void An_alert_that_fires_ends_when_the_state_tells_that_its_end_came() =>
        Connected("- alert: Stopped\n  on: STOP\n  resolve: { on: RESUME }").Add(1000, "STOP").Lost(5000).Found(7000, "running").Tick(100000).Lines
            .ShouldBe(["firing Stopped [vm-1] at 1000 decided 1000 because 3", "resolved Stopped [vm-1] at 7000 decided 7000 because 6 gap"]);

    [Fact]
    public void A_quiet_time_is_known_only_from_the_end_of_the_gap() =>
        Connected("- alert: Bad\n  on: BLOCK_IO_ERROR\n  resolve: { quiet: 10s }").Add(1000, "BLOCK_IO_ERROR").Lost(5000).Found(6000, "running").Tick(100000).Lines
            .ShouldBe(["firing Bad [vm-1] at 1000 decided 1000 because 3", "resolved Bad [vm-1] at 16000 decided 18000 because 3 quiet"]);

    [Fact]
    public void What_is_told_to_fire_again_after_a_gap_is_not_paged_again_at_once() =>
        Connected("- alert: Down\n  on: STOP\n  resolve: [ { quiet: 10s }, { on: RESUME } ]\n  renotify: 7s")
            .Add(1000, "STOP").Lost(5000).Tick(60000).Found(70000, "paused").Tick(100000).Lines
            .ShouldBe(
            [
                "firing Down [vm-1] at 1000 decided 1000 because 3",
                "firing Down [vm-1] at 8000 decided 8000 because 3",
                "unknown Down [vm-1] at 11000 decided 13000 because 3 gap",
                "firing Down [vm-1] at 70000 decided 70000 because 3 gap",
                "firing Down [vm-1] at 77000 decided 77000 because 3",
                "resolved Down [vm-1] at 80000 decided 82000 because 3 quiet",
            ]);

    [Fact]
    public void A_quiet_time_that_is_over_in_a_gap_makes_the_alert_unknown_until_something_is_heard() =>
        Connected("- alert: Bad\n  on: BLOCK_IO_ERROR\n  resolve: { quiet: 10s }")
            .Add(1000, "BLOCK_IO_ERROR").Lost(5000).Tick(60000).Found(70000, "running").Add(71000, "BLOCK_IO_ERROR").Tick(100000).Lines
            .ShouldBe(
            [
                "firing Bad [vm-1] at 1000 decided 1000 because 3",
                "unknown Bad [vm-1] at 11000 decided 13000 because 3 gap",
                "firing Bad [vm-1] at 71000 decided 71000 because 3",
                "resolved Bad [vm-1] at 81000 decided 83000 because 7 quiet",
            ]);

    [Fact]
    public void A_window_does_not_fall_for_want_of_events_that_nobody_could_hear() =>
        Connected("- alert: Many\n  on: BLOCK_IO_ERROR\n  count: \">= 2\"\n  within: 10s")
            .Add(1000, "BLOCK_IO_ERROR").Add(2000, "BLOCK_IO_ERROR").Lost(5000).Tick(60000).Found(70000, "running").Tick(100000).Lines
            .ShouldBe(
            [
                "firing Many [vm-1] at 2000 decided 2000 because 3,4",
                "unknown Many [vm-1] at 11000 decided 13000 because 3,4 gap",
                "resolved Many [vm-1] at 80000 decided 82000 because 4 condition",
            ]);

    [Fact]
    public void A_window_that_stays_full_after_the_gap_goes_on() =>
        Connected("- alert: Many\n  on: BLOCK_IO_ERROR\n  count: \">= 2\"\n  within: 10s")
            .Add(1000, "BLOCK_IO_ERROR").Add(2000, "BLOCK_IO_ERROR").Lost(5000).Found(30000, "running")
            .Add(31000, "BLOCK_IO_ERROR").Add(32000, "BLOCK_IO_ERROR").Add(33000, "BLOCK_IO_ERROR").Tick(100000).Lines
            .ShouldBe(
            [
                "firing Many [vm-1] at 2000 decided 2000 because 3,4",
                "unknown Many [vm-1] at 11000 decided 13000 because 3,4 gap",
                "firing Many [vm-1] at 32000 decided 32000 because 3,4",
                "resolved Many [vm-1] at 42000 decided 44000 because 10 condition",
            ]);

    [Fact]
    public void A_settled_window_rises_for_want_of_events_only_when_it_is_wholly_known() =>
        Connected("- alert: Few\n  on: RTC_CHANGE\n  count: \"< 1\"\n  within: 10s")
            .Add(1000, "RTC_CHANGE").Lost(5000).Tick(20000).Found(30000, "running").Tick(100000).Lines
            .ShouldBe(["firing Few [vm-1] at 40000 decided 42000 because 6"]);

    [Fact]
    public void A_settled_window_falls_for_want_of_events_only_when_it_is_wholly_known() =>
        Connected("- alert: Much\n  on: RTC_CHANGE\n  sum: { of: event.data.offset, is: \">= 5\" }\n  within: 10s")
            .Add(1000, "RTC_CHANGE", data: """{"offset":5,"qom-path":""}""").Lost(5000).Tick(20000).Found(30000, "running").Tick(100000).Lines
            .ShouldBe(
            [
                "firing Much [vm-1] at 1000 decided 3000 because 3",
                "unknown Much [vm-1] at 11000 decided 13000 because 3 gap",
                "resolved Much [vm-1] at 40000 decided 42000 because 6 condition",
            ]);

    [Fact]
    public void A_session_is_over_only_when_as_long_a_silence_was_heard() =>
        Connected("- alert: Busy\n  on: RTC_CHANGE\n  count: \">= 2\"\n  window: session\n  gap: 10s\n  within: 1h")
            .Add(1000, "RTC_CHANGE").Add(2000, "RTC_CHANGE").Lost(5000).Tick(20000).Found(30000, "running").Tick(100000).Lines
            .ShouldBe(
            [
                "firing Busy [vm-1] at 2000 decided 2000 because 3,4",
                "unknown Busy [vm-1] at 12000 decided 14000 because 3,4 gap",
                "resolved Busy [vm-1] at 40000 decided 42000 because 4 condition",
            ]);

    [Fact]
    public void A_tumbling_window_that_a_gap_touched_tells_nothing_and_the_next_one_does() =>
        Connected("- alert: Few\n  on: RTC_CHANGE\n  count: \"< 1\"\n  window: tumbling\n  within: 10s")
            .Add(1000, "RTC_CHANGE").Lost(15000).Tick(30000).Found(35000, "running").Tick(100000).Lines
            .ShouldBe(["firing Few [vm-1] at 50000 decided 52000 because 3"]);

    [Fact]
    public void An_age_reached_in_a_gap_is_judged_by_the_state_that_is_found() =>
        Connected(Paused).Add(1000, "STOP").Lost(5000).Tick(60000).Found(70000, "paused").Tick(100000).Lines
            .ShouldBe(["firing Paused [vm-1] at 11000 decided 70000 because 3,6 gap"]);

    [Fact]
    public void An_age_is_not_reached_by_a_state_that_ended_in_the_gap() =>
        Connected(Paused).Add(1000, "STOP").Lost(5000).Tick(60000).Found(70000, "running").Tick(100000).Lines.ShouldBeEmpty();

    [Fact]
    public void A_state_that_held_before_the_gap_and_is_found_ended_falls_by_the_gap() =>
        Connected(Paused).Add(1000, "STOP").Tick(20000).Lost(25000).Found(30000, "running").Tick(100000).Lines
            .ShouldBe(["firing Paused [vm-1] at 11000 decided 13000 because 3", "resolved Paused [vm-1] at 30000 decided 32000 because 6 gap"]);

    [Fact]
    public void A_state_that_must_last_is_unknown_while_nobody_can_see_it() =>
        Connected("- alert: A\n  when: vm.status == \"paused\"\n  for: 10s").Add(1000, "STOP").Lost(5000).Tick(60000).Found(70000, "paused").Tick(100000).Lines
            .ShouldBe(
            [
                "pending A [vm-1] at 1000 decided 3000 because 3",
                "unknown A [vm-1] at 11000 decided 13000 because 3 gap",
                "firing A [vm-1] at 11000 decided 70000 because 3,6 gap",
            ]);

    [Fact]
    public void Rules_about_the_monitor_itself_are_not_held_by_its_loss() =>
        Connected("- alert: Lost\n  when: 'vm.monitor.known && !vm.monitor.connected && age(vm.monitor.since) >= duration(\"10s\")'\n- alert: NotBack\n  on: MONITOR_LOST\n  absent: { on: STATE_RESYNCED }\n  within: 20s")
            .Lost(5000).Tick(60000).Lines
            .ShouldBe(["firing Lost [vm-1] at 15000 decided 17000 because 3", "firing NotBack [vm-1] at 25000 decided 27000 because 3"]);

    [Fact]
    public void Fire_takes_silence_for_silence() =>
        Connected(NotResumed + "\n  on_gap: fire").Add(1000, "STOP").Lost(5000).Tick(60000).Lines
            .ShouldBe(["firing NotResumed [vm-1] at 11000 decided 13000 because 3"]);

    [Fact]
    public void Ignore_gives_up_what_a_gap_touched() =>
        Connected(NotResumed + "\n  on_gap: ignore\n" + Stopped + "\n  on_gap: ignore")
            .Add(1000, "STOP").Lost(5000).Tick(60000).Found(70000, "paused").Tick(100000).Lines
            .ShouldBe(["pending Stopped [vm-1] at 1000 decided 1000 because 3", "resolved Stopped [vm-1] at 11000 decided 13000 because 3 gap"]);

    [Fact]
    public void Ignore_leaves_an_alert_open_until_something_ends_it() =>
        Connected("- alert: Bad\n  on: BLOCK_IO_ERROR\n  resolve: { quiet: 10s }\n  on_gap: ignore")
            .Add(1000, "BLOCK_IO_ERROR").Lost(5000).Found(30000, "running").Add(60000, "BLOCK_IO_ERROR").Tick(100000).Lines
            .ShouldBe(["firing Bad [vm-1] at 1000 decided 1000 because 3", "resolved Bad [vm-1] at 70000 decided 72000 because 7 quiet"]);

    [Fact]
    public void A_VM_that_no_monitor_ever_reached_has_no_gaps() =>
        new Timeline(Timeline.Group(NotResumed)).Add(1000, "STOP").Add(5000, "MONITOR_LOST").Tick(60000).Lines
            .ShouldBe(["firing NotResumed [vm-1] at 11000 decided 13000 because 1"]);

    [Fact]
    public void A_VM_that_is_gone_has_no_gaps() =>
        Connected(NotResumed).Add(1000, "STOP").Add(2000, "SHUTDOWN", data: """{"guest":true,"reason":"guest-shutdown"}""").Lost(3000).Tick(60000).Lines
            .ShouldBe(["firing NotResumed [vm-1] at 11000 decided 13000 because 3"]);

    [Fact]
    public void A_VM_that_turns_out_to_be_gone_ends_its_gap() =>
        Connected(NotResumed).Add(1000, "STOP").Lost(5000).Tick(60000).Add(70000, "MONITOR_CONNECTED")
            .Add(71000, "SHUTDOWN", data: """{"guest":false,"reason":"host-qmp-quit"}""").Tick(100000).Lines
            .ShouldBe(["firing NotResumed [vm-1] at 11000 decided 71000 because 3,6 gap"]);

    [Fact]
    public void A_monitor_lost_again_before_it_told_the_state_prolongs_the_gap() =>
        Connected(NotResumed).Add(1000, "STOP").Lost(5000).Add(8000, "MONITOR_CONNECTED").Add(9000, "MONITOR_LOST").Tick(60000).Found(70000, "paused").Lines
            .ShouldBe(["firing NotResumed [vm-1] at 11000 decided 70000 because 3,8 gap"]);

    [Fact]
    public void A_host_is_in_a_gap_while_any_of_its_VMs_is()
    {
        const string Rule = "- alert: Quiet\n  on: RESUME\n  by: [host.id]\n  absent: { on: RTC_CHANGE }\n  within: 10s";
        var timeline = new Timeline(Timeline.Group(Rule));
        foreach (var vm in (string[])["vm-1", "vm-2"])
        {
            timeline.Add(0, "MONITOR_CONNECTED", vm, host: "h").Add(0, "STATE_RESYNCED", vm, Status("running"));
        }

        timeline.Add(1000, "RESUME", "vm-1").Add(2000, "MONITOR_LOST", "vm-2").Add(3000, "MONITOR_LOST", "vm-1").Tick(20000)
            .Add(30000, "STATE_RESYNCED", "vm-1", Status("running")).Tick(50000);
        timeline.Lines.ShouldBeEmpty("one VM is not heard yet");
        timeline.Add(60000, "STATE_RESYNCED", "vm-2", Status("running")).Tick(100000).Lines
            .ShouldBe(["firing Quiet [h] at 70000 decided 72000 because 5"]);
    }

    private static Timeline Connected(string rules) =>
        new Timeline(Timeline.Group(rules)).Add(0, "MONITOR_CONNECTED").Add(0, "STATE_RESYNCED", data: Status("running"));

    private static string Status(string status) => $$"""{"status":"{{status}}","running":{{(status == "running" ? "true" : "false")}}}""";
}
