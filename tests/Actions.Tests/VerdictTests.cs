using FsCheck;
using FsCheck.Fluent;
using Qualm.Model;

namespace Qualm.Actions.Tests;

public class VerdictTests
{
    private static readonly DeliveryOptions Options = new();
    private static readonly Instant Now = Instant.From(Some.Start);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(5, 16)]
    [InlineData(10, 512)]
    [InlineData(11, 600)]
    [InlineData(150, 600)]
    public void Waits_double_up_to_the_longest(int attempt, double seconds) => Wait(null, attempt, 0).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void Jitter_takes_at_most_a_fifth_and_never_goes_below_the_first_wait() =>
        Prop.ForAll(Arb.From(Gen.Choose(1, 1000)), Arb.From(Gen.Choose(0, 999)), (attempt, thousandth) =>
        {
            var (full, wait) = (Wait(null, attempt, 0), Wait(null, attempt, thousandth / 1000.0));
            return wait <= full && wait >= Options.FirstDelay && wait >= full * 0.8;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_the_receiver_asks_for_is_honoured_within_reason()
    {
        Wait(TimeSpan.FromSeconds(30), 1, 0.5).ShouldBe(TimeSpan.FromSeconds(30));
        Wait(TimeSpan.Zero, 1, 0).ShouldBe(TimeSpan.FromSeconds(1));
        Wait(TimeSpan.FromDays(400), 1, 0).ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public void It_is_given_up_after_too_many_attempts_or_too_long_a_time()
    {
        var retry = new DeliveryOutcome.Retry(null, "HTTP 503");
        Verdict.Of(retry, Now, 200, Now, 0, Options).ShouldBe(new Verdict.Buried("200 attempts; the last: HTTP 503"));
        Verdict.Of(retry, Now, 199, Now + TimeSpan.FromHours(24), 0, Options).ShouldBe(new Verdict.Buried("too old; the last: HTTP 503"));
        Verdict.Of(retry, Now, 1, Now, 0, Options).ShouldBe(new Verdict.Again(Now + TimeSpan.FromSeconds(1), "HTTP 503"));
    }

    [Fact]
    public void A_refusal_is_final_and_a_delivery_too()
    {
        Verdict.Of(new DeliveryOutcome.Refused("HTTP 404"), Now, 1, Now, 0, Options).ShouldBe(new Verdict.Buried("HTTP 404"));
        Verdict.Of(new DeliveryOutcome.Delivered(), Now, 500, Now + TimeSpan.FromDays(9), 0, Options).ShouldBe(new Verdict.Done());
    }

    private static TimeSpan Wait(TimeSpan? asked, int attempt, double jitter) =>
        ((Verdict.Again)Verdict.Of(
            new DeliveryOutcome.Retry(asked, "x"), Now, attempt, Now, jitter, new DeliveryOptions { MaxAttempts = 100_000 })).Until - Now;
}
