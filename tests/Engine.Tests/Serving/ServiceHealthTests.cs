using Qualm.Engine.Serving;

namespace Qualm.Engine.Tests.Serving;

public sealed class ServiceHealthTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ServiceHealth _health;

    public ServiceHealthTests() => _health = new ServiceHealth(_time);

    [Fact]
    public void A_service_tells_how_far_its_start_has_come()
    {
        _health.Look().NotReady.ShouldBe(["starting"]);
        _health.Standby("epoch 7 leads");
        _health.Look().NotReady.ShouldBe(["standby: epoch 7 leads"]);
        _health.Deriving(5, 100);
        _health.Look().NotReady.ShouldBe(["deriving 5 of 100"]);
        _health.Ready("3 rules");
        var report = _health.Look();
        (report.IsReady, report.Stuck, report.Status).ShouldBe((true, null, "3 rules"));
        _health.Draining();
        _health.Ready("3 rules");
        _health.Look().NotReady.ShouldBe(["draining"]);
    }

    [Fact]
    public void A_loop_that_does_not_beat_is_stuck_and_neither_alive_nor_ready()
    {
        _health.Ready("");
        _time.Advance(ServiceHealth.Patience);
        _health.Look().Stuck.ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(1));
        _health.Look().Stuck.ShouldBe("the turn loop has not moved for 31 s");
        _health.Look().IsReady.ShouldBeFalse();
        _health.Beat();
        _health.Look().IsReady.ShouldBeTrue();
    }

    [Fact]
    public void A_loop_that_waits_for_the_store_is_alive_but_not_for_ever()
    {
        _health.Ready("");
        _health.Waits();
        _time.Advance(ServiceHealth.StorePatience);
        _health.Look().Stuck.ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(1));
        _health.Look().Stuck.ShouldNotBeNull();
        _health.GoesOn();
        _health.Look().Stuck.ShouldBeNull();
        _time.Advance(ServiceHealth.Patience + TimeSpan.FromSeconds(1));
        _health.Look().Stuck.ShouldNotBeNull();
    }

    [Fact]
    public void While_the_store_is_away_the_service_is_alive_and_says_since_when()
    {
        _health.Ready("");
        _health.StoreAway("connection refused");
        _time.Advance(TimeSpan.FromMinutes(5));
        _health.StoreAway("still refused");
        _time.Advance(TimeSpan.FromMinutes(1));
        var report = _health.Look();
        report.Stuck.ShouldBeNull();
        report.NotReady.ShouldBe(["store away since 2026-01-01T00:00:00Z: still refused"]);
        _health.Away.ShouldBe(TimeSpan.FromMinutes(6));
        _health.StoreBack();
        _health.Look().IsReady.ShouldBeTrue();
        _health.Away.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Reading_the_log_behind_a_failed_turn_does_not_make_it_less_ready()
    {
        _health.Ready("");
        _health.Deriving(1, 2);
        _health.Look().IsReady.ShouldBeTrue();
    }

    [Fact]
    public void A_start_that_does_not_read_on_is_stuck()
    {
        _health.Deriving(1, 2);
        _time.Advance(ServiceHealth.DerivingPatience + TimeSpan.FromSeconds(1));
        _health.Look().Stuck.ShouldBe("the log has not been read on for 121 s");
    }

    [Fact]
    public void Whoever_waits_hears_of_changes_and_not_of_beats()
    {
        var changed = _health.Changed;
        _health.Beat();
        changed.IsCompleted.ShouldBeFalse();
        var reload = _health.Reloading();
        changed.IsCompleted.ShouldBeTrue();
        _health.Look().Reloading.ShouldBeTrue();
        reload.Dispose();
        reload.Dispose();
        _health.Look().Reloading.ShouldBeFalse();
    }
}
