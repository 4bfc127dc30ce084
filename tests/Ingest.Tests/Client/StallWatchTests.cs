using Qualm.Ingest.Client;

namespace Qualm.Ingest.Tests.Client;

public sealed class StallWatchTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void There_is_one_timer_for_all_guards_and_none_without()
    {
        var watch = Some.Context(_time).Stalls;
        StallGuard[] guards = [.. Enumerable.Range(0, 100).Select(_ => watch.Guard(_ => { }))];
        _time.Timers.ShouldBe(1);
        foreach (var guard in guards) guard.Dispose();
        _time.Timers.ShouldBe(0);
        watch.Guard(_ => { });
        _time.Timers.ShouldBe(1);
    }

    [Fact]
    public void Only_who_keeps_an_item_for_a_whole_period_is_told_whenever_it_began()
    {
        var (watch, told) = (Some.Context(_time).Stalls, new List<string>());
        using var moves = watch.Guard(_ => told.Add("moves"));
        _time.Advance(TimeSpan.FromSeconds(9));
        using var stuck = watch.Guard(_ => told.Add("stuck"));
        stuck.Turn();
        moves.Turn();
        _time.Advance(TimeSpan.FromSeconds(1));
        told.ShouldBeEmpty();
        moves.Turn();
        moves.Turn();
        _time.Advance(Limit);
        told.ShouldBe(["stuck"]);
    }

    [Fact]
    public void A_period_that_was_cut_short_does_not_count_as_one_behind()
    {
        var (watch, told) = (Some.Context(_time, new() { BehindLimit = 2 * Limit }).Stalls, 0);
        using var early = watch.Guard(_ => { });
        _time.Advance(TimeSpan.FromSeconds(9));
        using var late = watch.Guard(_ => told++);
        for (var second = 0; second < 20; second++)
        {
            late.Turn();
            _time.Advance(TimeSpan.FromSeconds(1));
            told.ShouldBe(0, $"after {second} s");
            late.Turn();
        }

        late.Turn();
        _time.Advance(TimeSpan.FromSeconds(1));
        told.ShouldBe(1);
    }
}
