using Qualm.Ingest.Qmp;
using Qualm.Rules.Testing;

namespace Qualm.Rules.Tests.Testing;

public sealed class ArrivalsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Limited_events_are_late_by_a_second_at_most_and_keep_their_order(int order)
    {
        var test = new RuleTest("t", default, [.. Enumerable.Range(0, 60).Select(Input)], []);
        var arrivals = Arrivals.Reordered(test, QmpCatalogue.Instance, order);
        arrivals.Select(a => a.Index).Order().ShouldBe(Enumerable.Range(0, 60));
        arrivals.ShouldAllBe(a => a.Delay >= TimeSpan.Zero && a.Delay <= TimeSpan.FromSeconds(1));
        arrivals.Where(a => test.Inputs[a.Index].Event == "STOP").ShouldAllBe(a => a.Delay == TimeSpan.Zero);
        arrivals.Any(a => a.Delay > TimeSpan.Zero).ShouldBeTrue();
        foreach (var one in arrivals.GroupBy(a => (test.Inputs[a.Index].Vm, test.Inputs[a.Index].Event))) one.Select(a => a.Index).ShouldBeInOrder();
    }

    [Theory]
    [InlineData("stop", true)]
    [InlineData("report", false)]
    public void An_error_that_stops_the_machine_is_never_delayed(string action, bool atOnce)
    {
        var error = new RuleTestInput(TimeSpan.Zero, "vm-1", "BLOCK_IO_ERROR", $$"""{"device":"vda","operation":"read","action":"{{action}}","reason":"r"}""", default);
        var arrivals = Arrivals.Reordered(new RuleTest("t", default, [error, error with { Event = "STOP", Data = "" }], []), QmpCatalogue.Instance, 0);
        (arrivals[0].Index == 0).ShouldBe(atOnce);
    }

    private static RuleTestInput Input(int i) => new(
        TimeSpan.FromMilliseconds(i * 100), $"vm-{i % 3}", i % 2 == 0 ? "RTC_CHANGE" : "STOP", i % 2 == 0 ? """{"offset":1}""" : "", default);
}
