using System.Text.Json;
using Qualm.Model;

namespace Qualm.Actions.Tests;

public class DeliveriesTests
{
    [Fact]
    public void There_is_one_message_for_each_receiver_of_a_transition()
    {
        var transition = Some.Transition(receivers: ["b", "a", "b"]);
        var drafts = Deliveries.For(transition);
        drafts.Select(d => d.Receiver).ShouldBe(["b", "a"]);
        drafts.ShouldAllBe(d => d.AlertId == transition.Id && d.Episode == transition.Episode);
        drafts.Select(d => d.DeliveryId).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public void A_silent_or_pending_transition_asks_for_none()
    {
        Deliveries.For(Some.Transition(silent: true)).ShouldBeEmpty();
        Deliveries.For(Some.Transition(TransitionKind.Pending)).ShouldBeEmpty();
        Deliveries.For(Some.Transition(receivers: [])).ShouldBeEmpty();
    }

    [Fact]
    public void The_same_decision_made_again_gives_the_same_bytes_and_ids()
    {
        var (once, again) = (Deliveries.For(Some.Transition())[0], Deliveries.For(Some.Transition())[0]);
        once.DeliveryId.ShouldBe(again.DeliveryId);
        once.Payload.ToArray().ShouldBe(again.Payload.ToArray());
    }

    [Fact]
    public void Messages_of_one_episode_have_one_key_and_ids_of_their_own()
    {
        var firing = Deliveries.For(Some.Transition())[0];
        var resolved = Deliveries.For(Some.Transition(TransitionKind.Resolved, at: 60, decidedAt: 61))[0];
        resolved.Episode.ShouldBe(firing.Episode);
        resolved.DeliveryId.ShouldNotBe(firing.DeliveryId);
    }

    [Fact]
    public void The_message_says_what_an_on_call_system_needs()
    {
        var transition = Some.Transition();
        var json = JsonDocument.Parse(Deliveries.For(transition)[0].Payload).RootElement;
        json.EnumerateObject().Select(m => m.Name).ShouldBe(
        [
            "version", "dedup_key", "delivery_id", "alert_id", "alert", "key", "episode", "transition", "severity", "at",
            "decided_at", "summary", "because", "rule", "reason", "annotations", "labels", "runbook_url",
        ]);
        json.GetProperty("dedup_key").GetString().ShouldBe(transition.Episode);
        json.GetProperty("key").GetRawText().ShouldBe("""{"vm":"vm-1","node_name":"q0","slot":7}""");
        json.GetProperty("because").GetRawText().ShouldBe("[1,2,3]");
        json.GetProperty("at").GetString().ShouldBe("2026-01-01T00:00:00.000000Z");
        json.GetProperty("labels").GetProperty("team").GetString().ShouldBe("storage");
        json.GetProperty("reason").ValueKind.ShouldBe(JsonValueKind.Null);
    }
}
