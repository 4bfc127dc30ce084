using Microsoft.Extensions.Logging.Abstractions;
using Qualm.Model;
using static Qualm.Model.TransitionKind;

namespace Qualm.Actions.Tests;

public sealed class DeliveryWorkerTests : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryOutbox _outbox = new();
    private readonly CancellationTokenSource _stop = new();

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task Delivers_what_is_in_the_outbox_and_what_comes_later_without_waiting_for_the_next_look()
    {
        var receiver = Good("page");
        _outbox.Add(Draft(Firing, "A"));
        var (worker, run) = Run(receiver);
        await Until(() => receiver.Got.Count == 1);
        _outbox.Add(Draft(Resolved, "A", 5));
        worker.Wake();
        await Until(() => _outbox.AllSettled);
        _time.GetUtcNow().ShouldBe(Some.Start);
        receiver.Got.Select(g => g.Delivery.Transition).ShouldBe([Firing, Resolved]);
        await StopAsync(run);
    }

    [Fact]
    public async Task A_failed_attempt_is_made_again_with_the_same_key_after_a_growing_wait()
    {
        var attempts = 0;
        var receiver = ScriptedReceiver.Answering("page", _time, _ => ++attempts < 4 ? new DeliveryOutcome.Retry(null, "HTTP 500") : new DeliveryOutcome.Delivered());
        _outbox.Add(Draft(Firing, "A"));
        var (_, run) = Run(receiver);
        await _time.AdvanceUntilAsync(() => _outbox.AllSettled, Step);
        var got = receiver.Got.ToArray();
        got.Select(g => g.Delivery.Attempt).ShouldBe([1, 2, 3, 4]);
        got.Select(g => (g.Delivery.Id, g.Delivery.DedupKey)).Distinct().Count().ShouldBe(1);
        for (var i = 1; i < got.Length; i++) (got[i].At - got[i - 1].At).TotalSeconds.ShouldBeGreaterThanOrEqualTo(Math.Max(1, 0.8 * (1 << (i - 1))));
        await StopAsync(run);
    }

    [Fact]
    public async Task A_wall_clock_that_is_set_back_keeps_nobody_waiting()
    {
        var attempts = 0;
        var receiver = ScriptedReceiver.Answering("page", _time, _ => ++attempts == 1 ? new DeliveryOutcome.Retry(null, "HTTP 500") : new DeliveryOutcome.Delivered());
        _outbox.Add(Draft(Firing, "A"));
        var (_, run) = Run(receiver);
        await Until(() => _outbox.Rows[0].Why.Length > 0);
        _time.WallAhead = TimeSpan.FromHours(-1);
        var end = Some.Start.AddSeconds(10).Ticks;
        await _time.AdvanceUntilAsync(() => _outbox.AllSettled || _time.GetTimestamp() > end, Step);
        _outbox.AllSettled.ShouldBeTrue();
        await StopAsync(run);
    }

    [Fact]
    public async Task What_was_postponed_by_the_process_before_is_tried_at_once()
    {
        _outbox.Add(Draft(Firing, "A"));
        await _outbox.PostponeAsync([1], Instant.From(Some.Start.AddHours(1)), "HTTP 503", CancellationToken.None);
        var (_, run) = Run(ScriptedReceiver.Answering("page", _time, _ => new DeliveryOutcome.Delivered()));
        await Until(() => _outbox.AllSettled);
        _time.GetUtcNow().ShouldBe(Some.Start);
        await StopAsync(run);
    }

    [Fact]
    public async Task A_receiver_that_names_its_time_is_left_alone_by_all_alerts()
    {
        var first = true;
        var receiver = ScriptedReceiver.Answering("page", _time, _ =>
        {
            if (!first) return new DeliveryOutcome.Delivered();
            first = false;
            return new DeliveryOutcome.Retry(TimeSpan.FromSeconds(30), "HTTP 429");
        });
        _outbox.Add(Draft(Firing, "A"));
        var (worker, run) = Run(receiver);
        await Until(() => _outbox.Rows[0].Why.Length > 0);
        _outbox.Add(Draft(Firing, "B", 2));
        worker.Wake();
        await _time.AdvanceUntilAsync(() => _outbox.AllSettled, Step);
        receiver.Got.Skip(1).ShouldAllBe(g => g.At >= Some.Start.AddSeconds(30));
        await StopAsync(run);
    }

    [Fact]
    public async Task A_refused_message_goes_to_the_dead_letters_and_the_next_one_goes_on()
    {
        var receiver = ScriptedReceiver.Answering("page", _time, d => d.Transition == Firing ? new DeliveryOutcome.Refused("HTTP 404") : new DeliveryOutcome.Delivered());
        _outbox.Add(Draft(Firing, "A"));
        var (worker, run) = Run(receiver);
        await Until(() => _outbox.AllSettled);
        _outbox.Add(Draft(Resolved, "A", 5));
        worker.Wake();
        await Until(() => _outbox.AllSettled);
        _outbox.Rows.Select(r => (r.State, r.Why)).ShouldBe([("dead", "HTTP 404"), ("delivered", "")]);
        await StopAsync(run);
    }

    [Fact]
    public async Task A_dead_receiver_holds_up_no_other_and_is_not_hammered()
    {
        var dead = ScriptedReceiver.Answering("dead", _time, _ => new DeliveryOutcome.Retry(null, "refused"));
        var good = Good("good");
        for (var i = 0; i < 50; i++)
        {
            _outbox.Add(Draft(Firing, $"A{i}", i, "dead"));
            _outbox.Add(Draft(Firing, $"A{i}", i, "good"));
        }

        var (_, run) = Run(dead, good);
        await Until(() => _outbox.Rows.Count(r => r.State == "delivered") == 50);
        var end = _time.GetUtcNow().AddSeconds(60);
        await _time.AdvanceUntilAsync(() => _time.GetUtcNow() >= end, Step);
        dead.Got.Count.ShouldBeLessThan(30);
        await StopAsync(run);
    }

    [Fact]
    public async Task After_a_crash_between_the_answer_and_its_record_the_repeat_has_the_same_key()
    {
        var receiver = Good("page");
        _outbox.Add(Draft(Firing, "A"));
        var crashing = new TaskCompletionSource();
        _outbox.BeforeWrite = what => what == "complete" ? Never(crashing) : Task.CompletedTask;
        var (_, run) = Run(receiver);
        await crashing.Task.WaitAsync(TimeSpan.FromSeconds(20));
        _outbox.BeforeWrite = null;

        _outbox.Add(Draft(Resolved, "A", 5));
        var (_, second) = Run(receiver);
        await Until(() => _outbox.AllSettled);
        receiver.Got.Select(g => (g.Delivery.Transition, g.Delivery.Attempt, g.Delivery.FiredAndResolved))
            .ShouldBe([(Firing, 1, false), (Firing, 2, false), (Resolved, 1, false)]);
        receiver.Got.Take(2).Select(g => (g.Delivery.Id, g.Delivery.DedupKey)).Distinct().Count().ShouldBe(1);
        _stop.Cancel();
        await second.WaitAsync(TimeSpan.FromSeconds(20));
        _ = run;
    }

    [Fact]
    public async Task What_was_delivered_is_not_sent_again_because_the_store_was_away()
    {
        var receiver = Good("page");
        var away = 3;
        _outbox.BeforeWrite = what => what == "complete" && away-- > 0 ? throw new InvalidOperationException("the store is away") : Task.CompletedTask;
        _outbox.Add(Draft(Firing, "A"));
        var (_, run) = Run(receiver);
        await _time.AdvanceUntilAsync(() => _outbox.AllSettled, Step);
        receiver.Got.Count.ShouldBe(1);
        await StopAsync(run);
    }

    [Fact]
    public async Task Nothing_is_sent_before_the_attempt_is_counted()
    {
        var receiver = Good("page");
        var away = 3;
        _outbox.BeforeWrite = what => what == "begin" && away-- > 0 ? throw new InvalidOperationException("the store is away") : Task.CompletedTask;
        _outbox.Add(Draft(Firing, "A"));
        var (_, run) = Run(receiver);
        await Until(() => away < 3);
        receiver.Got.ShouldBeEmpty();
        await _time.AdvanceUntilAsync(() => _outbox.AllSettled, Step);
        receiver.Got.ShouldHaveSingleItem().Delivery.Attempt.ShouldBe(1);
        await StopAsync(run);
    }

    [Fact]
    public async Task An_episode_that_was_over_before_it_was_sent_is_one_message()
    {
        var receiver = Good("page");
        _outbox.Add(Draft(Firing, "A"));
        _outbox.Add(Draft(Resolved, "A", 5));
        var (_, run) = Run(receiver);
        await Until(() => _outbox.AllSettled);
        var delivery = receiver.Got.ShouldHaveSingleItem().Delivery;
        (delivery.Transition, delivery.FiredAndResolved).ShouldBe((Resolved, true));
        await StopAsync(run);
    }

    [Fact]
    public async Task A_receiver_that_throws_is_a_failed_attempt()
    {
        var attempts = 0;
        var receiver = ScriptedReceiver.Answering("page", _time, _ => ++attempts == 1 ? throw new FormatException("odd") : new DeliveryOutcome.Delivered());
        _outbox.Add(Draft(Firing, "A"));
        var (_, run) = Run(receiver);
        await _time.AdvanceUntilAsync(() => _outbox.AllSettled, Step);
        _outbox.Rows[0].Why.ShouldBe("odd");
        await StopAsync(run);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Whatever_fails_each_alert_is_told_in_order_and_completely(int seed)
    {
        var random = new Random(seed);
        var receivers = new[] { Flaky("p", seed), Flaky("q", seed + 100) };
        var next = new Dictionary<string, int>();
        for (var i = 0; i < 60; i++)
        {
            var (alert, receiver) = ($"A{random.Next(5)}", random.Next(2) == 0 ? "p" : "q");
            var n = next[alert + receiver] = next.GetValueOrDefault(alert + receiver) + 1;
            _outbox.Add(Draft(n % 2 == 1 ? Firing : Resolved, alert, i, receiver, episode: (n - 1) / 2));
        }

        var (_, run) = Run(receivers);
        await _time.AdvanceUntilAsync(() => _outbox.AllSettled, TimeSpan.FromSeconds(1));
        foreach (var receiver in receivers)
        {
            receiver.Overlapped.ShouldBeFalse();
            var rows = _outbox.Rows.Where(r => r.Entry.Receiver == receiver.Name).Select(r => r.Entry).ToList();
            var told = receiver.Got.Where(g => g.Outcome is DeliveryOutcome.Delivered).Select(g => g.Delivery).ToList();
            foreach (var alert in rows.GroupBy(r => r.AlertId))
            {
                var episodes = alert.Select(e => e.Episode).ToHashSet();
                var messages = told.Where(d => episodes.Contains(d.DedupKey)).Select(d => d.Id).ToList();

                // A trigger that went together with its resolve has no message of its own.
                var together = told.Where(d => d.FiredAndResolved).Select(d => d.DedupKey).ToHashSet();
                messages.ShouldBe(alert.Where(e => e.Transition == Resolved || !together.Contains(e.Episode)).Select(e => e.DeliveryId));
            }
        }

        await StopAsync(run);
    }

    [Fact]
    public void Two_receivers_cannot_have_one_name() =>
        Should.Throw<ArgumentException>(() => Worker([Good("a"), Good("a")])).Message.ShouldContain("two receivers are named 'a'");

    private static async Task Never(TaskCompletionSource reached)
    {
        reached.TrySetResult();
        await new TaskCompletionSource().Task;
    }

    private ScriptedReceiver Good(string name) => ScriptedReceiver.Answering(name, _time, _ => new DeliveryOutcome.Delivered());

    private ScriptedReceiver Flaky(string name, int seed)
    {
        var random = new Random(seed);
        return ScriptedReceiver.Answering(name, _time, _ =>
        {
            lock (random)
            {
                return random.Next(3) switch
                {
                    0 => new DeliveryOutcome.Retry(null, "x"),
                    1 when random.Next(4) == 0 => new DeliveryOutcome.Retry(TimeSpan.FromSeconds(5), "y"),
                    _ => new DeliveryOutcome.Delivered(),
                };
            }
        });
    }

    private static OutboxDraft Draft(TransitionKind kind, string alert, int decidedAt = 0, string receiver = "page", int episode = 0) =>
        Deliveries.For(Some.Transition(kind, alert, decidedAt: decidedAt, receivers: [receiver], episode: episode))[0];

    private DeliveryWorker Worker(IReceiver[] receivers) =>
        new(receivers, _outbox, _time, new DeliveryOptions(), new Random(1), Some.Metrics(), NullLogger<DeliveryWorker>.Instance);

    private (DeliveryWorker Worker, Task Run) Run(params IReceiver[] receivers)
    {
        var worker = Worker(receivers);
        return (worker, worker.RunAsync(_stop.Token));
    }

    private async Task StopAsync(Task run)
    {
        _stop.Cancel();
        await run.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private Task Until(Func<bool> condition) => _time.AdvanceUntilAsync(condition, TimeSpan.Zero);
}
