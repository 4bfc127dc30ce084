using Qualm.Model;

namespace Qualm.Rules.Tests.Run;

public sealed class ActivationTests
{
    private const string Three = "- alert: Three\n  on: STOP\n  count: \">= 3\"\n  within: 10s\n";
    private const string Point = "- alert: Point\n  on: GUEST_PANICKED\n  resolve: { on: RESET }\n";

    [Fact]
    public void Unchanged_rules_keep_their_state_wherever_they_stand()
    {
        var timeline = new Timeline(Timeline.Group(Three + Point)).Add(0, "STOP").Add(1000, "STOP").Add(1500, "GUEST_PANICKED");
        timeline.Session.Activate(Timeline.Compile("# moved\n" + Timeline.Group("- alert: Another\n  on: RESUME\n" + Point + Three)), Timeline.Ms(1600), timeline);
        timeline.Session.Warming.ShouldBe(["Another"]);
        timeline.Add(2000, "STOP").Add(3000, "GUEST_PANICKED").Add(4000, "RESET").Tick(60000).Lines.ShouldBe(
        [
            "firing Point [vm-1] at 1500 decided 1500 because 3",
            "firing Three [vm-1] at 2000 decided 2000 because 1,2,4",
            "resolved Point [vm-1] at 4000 decided 4000 because 6 event",
            "resolved Three [vm-1] at 10000 decided 12000 because 4 condition",
        ]);
    }

    [Fact]
    public void Alerts_of_rules_that_are_gone_resolve()
    {
        var timeline = new Timeline(Timeline.Group(Point)).Add(0, "GUEST_PANICKED");
        timeline.Session.Activate(Timeline.Compile(Timeline.Group(Three)), Timeline.Ms(500), timeline);
        timeline.Lines.Last().ShouldBe("resolved Point [vm-1] at 500 decided 500 because  rule_removed");
    }

    [Fact]
    public void What_holds_at_the_activation_pages_and_what_was_completed_before_does_not()
    {
        var past = new Timeline(Timeline.Group("- alert: Old\n  on: RESUME"));
        var next = Timeline.Compile(Timeline.Group(Three + Point));
        past.Session.Activate(next, Timeline.Ms(9000), past);
        var history = new Timeline(next);
        foreach (var (at, name) in ((long, string)[])[(1000, "STOP"), (2000, "GUEST_PANICKED"), (3000, "STOP"), (4000, "STOP")]) Warm(past, history, at, name);
        past.Session.FinishWarming(Timeline.Ms(9000), past);
        past.Lines.ShouldBe(["firing Three [vm-1] at 4000 decided 9000 because 1,3,4"]);
        past.Tick(20000).Lines.Last().ShouldBe("resolved Three [vm-1] at 11000 decided 13000 because 4 condition");
    }

    [Fact]
    public void A_changed_rule_that_was_firing_fires_on_without_a_page()
    {
        var timeline = new Timeline(Timeline.Group(Point)).Add(0, "GUEST_PANICKED");
        timeline.Session.Activate(Timeline.Compile(Timeline.Group(Point + "  severity: critical\n")), Timeline.Ms(500), timeline);
        timeline.Session.FinishWarming(Timeline.Ms(500), timeline);
        timeline.Add(600, "GUEST_PANICKED").Add(700, "RESET").Lines.ShouldBe(
        [
            "firing Point [vm-1] at 0 decided 0 because 1",
            "resolved Point [vm-1] at 700 decided 700 because 3 event",
        ]);
        timeline.Decisions.Select(d => d.Episode).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void An_ending_that_stands_already_is_known_to_a_changed_rule()
    {
        const string Stands = "- alert: A\n  on: STOP\n  resolve: { on: RESUME, for: 5s }\n";
        var timeline = new Timeline(Timeline.Group(Stands)).Add(1000, "STOP").Add(2000, "RESUME");
        timeline.Session.Activate(Timeline.Compile(Timeline.Group(Stands + "  severity: critical\n")), Timeline.Ms(3000), timeline);
        var history = new Timeline(Timeline.Group(Stands));
        Warm(timeline, history, 1000, "STOP");
        Warm(timeline, history, 2000, "RESUME");
        timeline.Session.FinishWarming(Timeline.Ms(3000), timeline);
        timeline.Tick(60000).Lines.ShouldBe(["firing A [vm-1] at 1000 decided 1000 because 1", "resolved A [vm-1] at 7000 decided 9000 because 2 event"]);
    }

    private static void Warm(Timeline timeline, Timeline history, long at, string name)
    {
        var schema = Qualm.Ingest.Qmp.QmpCatalogue.Instance.Find(name)!;
        history.Add(at, name);
        timeline.Session.Warm(new EventView
        {
            Schema = schema,
            Name = name,
            At = Timeline.Ms(at),
            Stamp = Timeline.Ms(at),
            Position = new Position(at / 1000),
            Weight = 1,
            Vm = history.Fleet.GetOrAddVm("vm-1"),
            Source = "",
        });
    }
}
