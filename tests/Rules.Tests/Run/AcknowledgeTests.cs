using Qualm.Model;

namespace Qualm.Rules.Tests.Run;

public sealed class AcknowledgeTests
{
    private static readonly string Panic = Timeline.Group("""
        - alert: Panic
          on: GUEST_PANICKED
          resolve: { on: RESET }
          renotify: 1m
          actions: { firing: [a], resolved: [a], acknowledged: [b], unacknowledged: { after: 150s, to: [boss, a] } }
        """);

    [Fact]
    public void What_nobody_takes_is_told_to_others_once_and_they_hear_of_its_end()
    {
        var timeline = new Timeline(Panic).Add(0, "GUEST_PANICKED").Tick(200_000).Add(210_000, "RESET").Tick(400_000);
        timeline.Decisions.Select(Told).ShouldBe(
            ["0 firing: a", "60 firing: a", "120 firing: a", "150 firing unacknowledged: boss a", "180 firing: a", "210 resolved event: a boss"]);
        timeline.Decisions.Select(d => d.Episode).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public void What_somebody_took_is_told_to_nobody_again_until_it_ends()
    {
        var timeline = new Timeline(Panic).Add(0, "GUEST_PANICKED");
        Take(timeline, timeline.Decisions[0].Episode, 70_000).ShouldBeTrue();
        timeline.Tick(500_000).Add(600_000, "RESET").Decisions.Select(Told)
            .ShouldBe(["0 firing: a", "60 firing: a", "70 acknowledged: b", "600 resolved event: a"]);
        var taken = timeline.Decisions[2];
        (taken.By, taken.Note, taken.Because.Single(), taken.Episode).ShouldBe(("ann", "on it", 77, timeline.Decisions[0].Episode));
    }

    [Fact]
    public void The_next_episode_is_not_taken()
    {
        var timeline = new Timeline(Panic).Add(0, "GUEST_PANICKED");
        Take(timeline, timeline.Decisions[0].Id, 1000).ShouldBeTrue();
        timeline.Add(2000, "RESET").Add(3000, "GUEST_PANICKED").Tick(154_000).Decisions.Select(Told).Last().ShouldBe("153 firing unacknowledged: boss a");
    }

    [Fact]
    public void Taking_twice_or_what_does_not_fire_says_nothing()
    {
        var timeline = new Timeline(Panic).Add(0, "GUEST_PANICKED");
        Take(timeline, "nothing", 1000).ShouldBeFalse();
        Take(timeline, timeline.Decisions[0].Episode, 2000).ShouldBeTrue();
        Take(timeline, timeline.Decisions[0].Episode, 3000).ShouldBeFalse();
        timeline.Add(4000, "RESET");
        Take(timeline, timeline.Decisions[0].Episode, 5000).ShouldBeFalse();
        timeline.Decisions.Select(Told).ShouldBe(["0 firing: a", "2 acknowledged: b", "4 resolved event: a"]);
    }

    [Fact]
    public void What_is_pending_cannot_be_taken()
    {
        var timeline = new Timeline(Timeline.Group("- alert: A\n  on: STOP\n  for: 1m")).Add(0, "STOP");
        Take(timeline, timeline.Decisions[0].Episode, 1000).ShouldBeFalse();
    }

    [Fact]
    public void Deadlines_due_before_the_command_are_decided_before_it()
    {
        var timeline = new Timeline(Panic).Add(0, "GUEST_PANICKED");
        Take(timeline, timeline.Decisions[0].Episode, 150_001);
        timeline.Decisions.Select(Told).ShouldBe(["0 firing: a", "60 firing: a", "120 firing: a", "150 firing unacknowledged: boss a", "150 acknowledged: b"]);
    }

    [Fact]
    public void An_acknowledgement_outlives_a_change_of_its_rule()
    {
        var timeline = new Timeline(Panic).Add(0, "GUEST_PANICKED");
        Take(timeline, timeline.Decisions[0].Episode, 1000);
        timeline.Session.Activate(Timeline.Compile(Panic.Replace("150s", "100s", StringComparison.Ordinal)), Timeline.Ms(2000), timeline);
        timeline.Tick(500_000).Decisions.Select(Told).ShouldBe(["0 firing: a", "1 acknowledged: b"]);
    }

    private static bool Take(Timeline timeline, string target, long at) =>
        timeline.Session.Acknowledge(new OperatorCommand.Acknowledge(target, "ann", "on it"), Timeline.Ms(at), new Position(77), timeline);

    private static string Told(AlertTransition t) =>
        $"{t.DecidedAt.Micros / Instant.Second} {TransitionJson.Name(t.Transition)}{(t.Reason is null ? "" : " " + t.Reason)}: {string.Join(' ', t.Receivers)}";
}
