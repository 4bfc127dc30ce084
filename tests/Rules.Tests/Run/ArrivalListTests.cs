using FsCheck;
using FsCheck.Fluent;
using Qualm.Rules.Run;

namespace Qualm.Rules.Tests.Run;

public sealed class ArrivalListTests
{
    [Fact]
    public void Each_moment_is_passed_once_in_the_order_of_arrival_and_every_entry_goes_back() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), steps => PassesEverything(steps)).QuickCheckThrowOnFailure();

    // By the remainder of a step: an event that waits for one moment or both, a moment that is past, or the oldest taken out of the list by time.
    private static bool PassesEverything(int[] steps)
    {
        var (pool, links, words) = (new EntryPool(() => { }), new ArrivalLinks(), new long[1 + ArrivalList.Words]);
        var (coming, staying) = (new Queue<int>(), new Queue<int>());
        var position = 0;
        foreach (var step in steps)
        {
            var list = new EntryList(pool, ref words[0]);
            var arrivals = new ArrivalList(pool, links, words.AsSpan(1));
            switch (Math.Abs(step % 7))
            {
                case < 4 and var kind:
                    var index = list.Insert(step, step, ++position, 1);
                    arrivals.Add(index, comes: kind != 0, stays: kind != 1);
                    if (kind != 0) coming.Enqueue(position);
                    if (kind != 1) staying.Enqueue(position);
                    break;
                case 4 when coming.TryDequeue(out var first):
                    if (pool[arrivals.Coming].Position != first) return false;
                    arrivals.PassComing();
                    break;
                case 5 when staying.TryDequeue(out var first):
                    if (pool[arrivals.Staying].Position != first) return false;
                    arrivals.PassStaying();
                    break;
                case 6 when !list.IsEmpty:
                    arrivals.Unlist(list, list.Head);
                    break;
            }

            if ((arrivals.Coming == EntryPool.None) != (coming.Count == 0) || (arrivals.Staying == EntryPool.None) != (staying.Count == 0)) return false;
        }

        return IsGivenBack(pool, links, words);
    }

    private static bool IsGivenBack(EntryPool pool, ArrivalLinks links, long[] words)
    {
        var list = new EntryList(pool, ref words[0]);
        var arrivals = new ArrivalList(pool, links, words.AsSpan(1));
        arrivals.Clear();
        while (!list.IsEmpty) arrivals.Unlist(list, list.Head);
        return pool.Count == 0 && words.All(w => w == 0);
    }
}
