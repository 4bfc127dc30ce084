using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Qualm.Model;
using static Qualm.Model.TransitionKind;

namespace Qualm.Actions.Tests;

public class DeliveryPlanTests
{
    [Fact]
    public void A_trigger_never_attempted_goes_together_with_its_resolve()
    {
        var plan = Plan((Firing, 0), (TransitionKind.Severity, 0), (Resolved, 0));
        plan.Entries.Select(e => e.Id).ShouldBe([1, 2, 3]);
        plan.Delivery.FiredAndResolved.ShouldBeTrue();
        plan.Delivery.Transition.ShouldBe(Resolved);
        var json = JsonDocument.Parse(plan.Delivery.Body).RootElement;
        json.GetProperty("transition").GetString().ShouldBe("resolved");
        json.GetProperty("fired_and_resolved").GetBoolean().ShouldBeTrue();
        json.GetProperty("fired_at").GetString().ShouldBe("2026-01-01T00:00:00.000000Z");
        json.GetProperty("dedup_key").GetString().ShouldBe(plan.Delivery.DedupKey);
    }

    [Fact]
    public void A_trigger_whose_outcome_is_unknown_is_sent_again_and_its_resolve_after_it()
    {
        var plan = Plan((Firing, 1), (Resolved, 0));
        plan.Entries.Select(e => e.Id).ShouldBe([1]);
        (plan.Delivery.FiredAndResolved, plan.Delivery.Attempt).ShouldBe((false, 2));
    }

    [Fact]
    public void What_was_sent_together_is_sent_together_again()
    {
        var plan = Plan((Firing, 1), (Resolved, 1));
        (plan.Delivery.FiredAndResolved, plan.Delivery.Attempt, plan.Entries.Length).ShouldBe((true, 2, 2));
    }

    [Fact]
    public void The_resolve_of_another_episode_is_none_of_this_ones()
    {
        var queue = new PendingQueue("page", "a", [Some.Entry(1, Firing), Some.Entry(2, Firing, episode: 5), Some.Entry(3, Resolved, episode: 5)]);
        DeliveryPlan.For(queue).Entries.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_plan_always_takes_from_the_front_of_one_episode_and_at_most_once_more_than_its_resolve() =>
        Prop.ForAll(Queues, queue =>
        {
            var plan = DeliveryPlan.For(queue);
            return plan.Entries.SequenceEqual(queue.Entries.Take(plan.Entries.Length))
                && plan.Entries.All(e => e.Episode == queue.Entries[0].Episode)
                && plan.Entries.SkipLast(1).All(e => e.Transition != Resolved)
                && plan.Delivery.DedupKey == queue.Entries[0].Episode
                && plan.Delivery.FiredAndResolved == (plan.Entries.Length > 1);
        }).QuickCheckThrowOnFailure();

    private static Arbitrary<PendingQueue> Queues => Arb.From(
        Gen.NonEmptyListOf(
            from kind in Gen.Elements(Firing, TransitionKind.Severity, Resolved)
            from attempts in Gen.Choose(0, 2)
            from episode in Gen.Choose(0, 1)
            select (kind, attempts, episode))
        .Select(list => new PendingQueue(
            "page", "a", [.. list.Select((e, i) => Some.Entry(i + 1, e.kind, e.attempts, e.episode))])));

    private static DeliveryPlan Plan(params (TransitionKind Kind, int Attempts)[] entries) =>
        DeliveryPlan.For(new PendingQueue("page", "a", [.. entries.Select((e, i) => Some.Entry(i + 1, e.Kind, e.Attempts))]));
}
