using Qualm.Model;

namespace Qualm.Rules.Run;

// An episode opens when its opening has settled, and by then later events have come. They count for it, or are held back
// for the next, as if they came only now.
internal sealed partial class SettledRunner
{
    private void TakeLater(int slot, long[] block, Episode episode)
    {
        for (var index = FirstComing(block); index != EntryPool.None;)
        {
            var (later, at) = (index, new Instant(_pool[index].At));
            index = _pool[index].Next;
            if (_pool[later].Weight == 0) continue;
            var e = View(slot, later);
            if (!IsOfNext(slot, episode, at))
            {
                Touch(episode, e);
                continue;
            }

            episode.Held.Add((MatchRole, Run.Retained.Take(e, _pool[later].Value)));
            if (_shown.Count > 0) _shown.Remove(later);
            _content.Lose(Own(block), _pool[later]);
            Arrivals(block).Unlist(List(block), later);
        }

        Release(slot, episode);
    }

    private EventView View(int slot, int index) =>
        _shown.TryGetValue(index, out var shown) ? shown.View() : RetainedEvent.ViewOf(_pool[index], Keys.Vm(slot), Keys.Host(slot));

    // Event time of the first match that an open episode holds back.
    private long HeldFrom(long[] block)
    {
        var first = long.MaxValue;
        if (EpisodeOf(block) is not { IsOpen: true, HoldsBack: true } episode) return first;
        foreach (var (role, e) in episode.Held)
        {
            if (role == MatchRole) first = Math.Min(first, e.At.Micros);
        }

        return first;
    }
}
