using Qualm.Engine.Leading;
using Qualm.Store.Writing;

namespace Qualm.Engine.Tests.Leading;

public sealed class LeaseWatchTests
{
    private readonly Clock _clock = new();
    private readonly LeaseWatch _watch;

    public LeaseWatchTests() => _watch = new LeaseWatch(TimeSpan.FromSeconds(6), _clock);

    [Fact]
    public void A_leader_that_counts_on_leads_however_slowly_it_counts() =>
        Enumerable.Range(0, 50).Select(i => Look(Lease(i / 5))).ShouldAllBe(why => why == null);

    [Fact]
    public void A_count_that_stands_still_frees_the_store_after_the_lease_and_not_before()
    {
        var looks = Enumerable.Range(0, 20).Select(_ => Look(Lease(1))).ToArray();
        Array.FindIndex(looks, why => why != null).ShouldBe(6);
    }

    [Fact]
    public void Whoever_slept_itself_starts_counting_anew()
    {
        for (var i = 0; i < 5; i++) Look(Lease(1)).ShouldBeNull();
        _clock.Seconds += 100;
        Look(Lease(1)).ShouldBeNull("the store may have been away for the leader too");
        for (var i = 0; i < 5; i++) Look(Lease(1)).ShouldBeNull();
        Look(Lease(1)).ShouldNotBeNull();
    }

    [Fact]
    public void What_is_over_for_sure_is_not_waited_for()
    {
        Look(null).ShouldNotBeNull();
        Look(Lease(1) with { Released = true }).ShouldNotBeNull();
        Look(Lease(1) with { Holder = ProcessMark.Own.ToText() }).ShouldBeNull();
        Look(Lease(1) with { Holder = (ProcessMark.Own with { Started = "1" }).ToText() }).ShouldNotBeNull("its number belongs to another process");
        Look(Lease(1) with { Holder = (ProcessMark.Own with { Pid = int.MaxValue }).ToText() }).ShouldNotBeNull();
        Look(Lease(1) with { Holder = (ProcessMark.Own with { Boot = "before" }).ToText() }).ShouldNotBeNull("the machine was started again");
        Look(Lease(2) with { Holder = (ProcessMark.Own with { Machine = "elsewhere", Boot = "before" }).ToText() }).ShouldBeNull();
        Look(Lease(2) with { Holder = (ProcessMark.Own with { Namespace = "another", Pid = int.MaxValue }).ToText() }).ShouldBeNull();
    }

    private string? Look(LeaseState? lease)
    {
        _clock.Seconds++;
        return _watch.Look(lease);
    }

    private static LeaseState Lease(long renewals) => new(3, "somebody", renewals, default, Released: false);

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; } = 1000;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
