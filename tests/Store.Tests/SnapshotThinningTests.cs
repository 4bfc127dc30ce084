using FsCheck;
using FsCheck.Fluent;
using Qualm.Model;
using Qualm.Store.Snapshots;

namespace Qualm.Store.Tests;

public class SnapshotThinningTests
{
    [Fact]
    public void However_they_come_there_is_one_for_every_doubling_of_age_and_not_many_more() =>
        Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt[]>(), gaps => Follow([.. gaps.Select(g => 1 + (g.Get % 100))])).QuickCheckThrowOnFailure();

    private static void Follow(int[] minutes)
    {
        var (shelf, all, clock) = (new List<(long Turn, Instant Clock)>(), new List<Instant>(), 0L);
        foreach (var gap in minutes)
        {
            clock += gap;
            var now = new Instant(clock * 60 * Instant.Second);
            all.Add(now);
            shelf.Insert(0, (all.Count, now));
            var drop = SnapshotThinning.Drop(shelf);
            shelf.RemoveAll(s => drop.Contains(s.Turn));
            shelf.Take(2).Select(s => s.Turn).ShouldBe(Enumerable.Range(0, Math.Min(2, all.Count)).Select(i => (long)(all.Count - i)));

            // Whatever there ever was of an age, there still is one that is not younger and not more than about twice as old.
            foreach (var age in all.SkipLast(1).Select(ever => now - ever).Where(age => age < SnapshotThinning.Longest / 4))
                shelf.ShouldContain(s => now - s.Clock >= age && now - s.Clock <= (age * 2) + TimeSpan.FromMinutes(200));

            shelf.Skip(2).ShouldAllBe(s => now - s.Clock <= SnapshotThinning.Longest);
            shelf.Count.ShouldBeLessThan(40);
        }
    }

    [Fact]
    public void Two_are_kept_however_old()
    {
        var old = new Instant(0);
        SnapshotThinning.Drop([]).ShouldBeEmpty();
        SnapshotThinning.Drop([(9, old + TimeSpan.FromDays(100)), (8, old)]).ShouldBeEmpty();
        SnapshotThinning.Drop([(9, old + TimeSpan.FromDays(100)), (8, old + TimeSpan.FromDays(99)), (7, old)]).ShouldBe([7]);
    }
}
