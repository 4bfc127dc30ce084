using Qualm.Engine.Configuration;
using Qualm.Engine.Turns;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules;

namespace Qualm.Engine.Tests.Turns;

public sealed class RowsTests
{
    [Fact]
    public void Decisions_made_at_one_time_about_different_times_have_different_ids()
    {
        var (timeline, decisions) = (new Timeline(QmpCatalogue.Instance, new RuleSession(CompiledRules.None)), new Decisions());
        var text = RuleSetText.Of([new RuleSetText.File("r.yaml", "groups: [ { name: g, rules: [ { alert: A, on: STOP } ] } ]")]);
        timeline.Activate(RuleSetCompiler.Compile(text, QmpCatalogue.Instance).Set!, new StampedInput.Activation(new Instant(1), text), new Position(1), decisions);
        var at = new Instant(5);
        timeline.Feed(
            new EventView { Schema = QmpCatalogue.Instance.Find("STOP"), Name = "STOP", At = at, Stamp = at, Position = new Position(2), Weight = 1, Vm = timeline.Fleet.GetOrAddVm("a"), Source = "s" },
            decisions);
        var fired = decisions.Made.ShouldHaveSingleItem();
        var rose = fired with { Transition = TransitionKind.Severity };
        Rows.Of(rose).Id.ShouldBe(Rows.Of(rose).Id);
        Rows.Of(rose with { At = new Instant(6) }).Id.ShouldNotBe(Rows.Of(rose).Id);
    }
}
