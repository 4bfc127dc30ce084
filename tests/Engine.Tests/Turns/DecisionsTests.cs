using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Qualm.Engine.Turns;
using Qualm.Model;

namespace Qualm.Engine.Tests.Turns;

public sealed class DecisionsTests
{
    [Fact]
    public void What_is_told_later_comes_after_the_decisions_that_were_made_before_it()
    {
        var decisions = new Decisions();
        decisions.Decide(Some("A"));
        decisions.Deliver(Some("Late"));
        decisions.Decide(Some("B"));
        var (made, told) = decisions.Take();
        made.Select(m => m.Alert).ShouldBe(["A", "B"]);
        told.Select(t => (t.After, t.Transition.Alert)).ShouldBe([(1, "Late")]);
        decisions.Take().ToTell.ShouldBeEmpty();
    }

    [Fact]
    public void Who_is_told_is_part_of_the_digest()
    {
        var (told, muted, late) = (new Decisions(), new Decisions(), new Decisions());
        foreach (var decisions in (Decisions[])[told, late]) decisions.Decide(Some("A"));
        muted.Decide(Some("A") with { WithheldBy = "B" });
        late.Deliver(Some("A"));
        ((Decisions[])[told, muted, late]).Select(d => Convert.ToHexString(d.Digest.Span)).Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void Facts_and_events_have_streams_and_types_of_their_own_and_two_events_of_one_time_are_two()
    {
        var fact = Rows.Of(Some("F") with { Kind = ConclusionKind.Fact });
        var (one, other) = (Rows.Of(Some("E") with { Kind = ConclusionKind.Event, Because = [1] }), Rows.Of(Some("E") with { Kind = ConclusionKind.Event, Because = [2], Values = """{"n":1}""" }));
        (fact.Type, one.Type).ShouldBe(("fact_firing", "emit_firing"));
        (fact.Stream.StartsWith("fact/", StringComparison.Ordinal), one.Stream.StartsWith("emit/", StringComparison.Ordinal)).ShouldBe((true, true));
        one.Id.ShouldNotBe(other.Id);
        using var json = JsonDocument.Parse(Encoding.UTF8.GetString(other.Data.Span));
        (json.RootElement.GetProperty("emit").GetString(), json.RootElement.GetProperty("values").GetProperty("n").GetInt32()).ShouldBe(("E", 1));
    }

    private static AlertTransition Some(string name)
    {
        ImmutableArray<KeyPart> key = [new("vm", "vm-1", true)];
        var none = ImmutableSortedDictionary<string, string>.Empty;
        var at = new Instant(1_000_000);
        return new AlertTransition(name, key, AlertId.Episode(name, key, at), TransitionKind.Firing, Severity.Warning, at, at, name, none, none, null, [1], "r.yaml:1", null, ["page"], false);
    }
}
