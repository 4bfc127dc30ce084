using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

// What a rule takes over from the runner it replaces: its own former self, or one warmed from history.
internal abstract partial class RuleRunner
{
    /// <summary>Takes over from the rule of the same name in the set before.</summary>
    /// <param name="keepsAll">Everything, since the rule is the same; else only that it was firing.</param>
    public void Inherit(RuleRunner from, bool keepsAll)
    {
        (_matches, Errors) = (from.Matches - (CountsInLog ? Log!.Weight : 0), from.Errors);
        if (!SameKey(from))
        {
            EndOpen(from, from.Run.Now);
            return;
        }

        if (keepsAll)
        {
            from.Detach();
            TakeOperator(from);
        }

        for (var slot = 0; slot < from.Keys.Bound; slot++)
        {
            if (!from.Keys.InUse(slot) || !from.HasState(slot)) continue;
            var episode = from.EpisodeOf(slot);
            if (!keepsAll && episode is not { IsOpen: true }) continue;
            var own = Keys.Copy(from.Keys, slot);
            if (keepsAll) from.State(slot).CopyTo(State(own));
            Adopt(own, keepsAll ? episode : Carried(episode!));
        }
    }

    /// <summary>Takes over what the past made of a new or changed rule.</summary>
    public void TakeWarmed(RuleRunner from)
    {
        var firing = OpenSlots.ToHashSet();
        from.Detach();
        TakeOperator(from);
        var slots = Enumerable.Range(0, from.Keys.Bound).Where(from.Keys.InUse).ToList();
        slots.Sort(from.Keys.Compare);
        foreach (var slot in slots)
        {
            var own = Keys.Copy(from.Keys, slot);
            if (!from.HasState(slot) && !HasState(own)) continue;
            var was = Open(own);
            var warmed = from.EpisodeOf(slot);
            if (was is not null) Abandon(own);
            if (from.HasState(slot)) from.State(slot).CopyTo(State(own));
            else State(own).Clear();
            firing.Remove(own);
            Settle(own, was, warmed);
        }

        // What fired and is not even known to the changed rule any more does not hold.
        foreach (var slot in firing.OrderBy(s => s, Comparer<int>.Create(Keys.Compare)))
        {
            if (Rule.Resolve.Fall) EndNow(slot, Run.Now, "condition", []);
        }
    }

    /// <summary>Takes over the operator's pools; the blocks follow.</summary>
    protected virtual void TakeOperator(RuleRunner from)
    {
    }

    /// <summary>Takes what logs keep into the blocks, which alone are handed over.</summary>
    protected virtual void Detach()
    {
        for (var slot = 0; slot < (_enders?.SlotBound ?? 0); slot++)
        {
            var events = _enders!.Of(slot);
            if (events.Count > 0 && events[events.Count - 1].Stamp + RunContext.Slack > Run.Now.Micros) State(slot);
        }
    }

    private void Settle(int slot, Episode? was, Episode? warmed)
    {
        State(slot)[EpisodeWord] = 0;
        var holds = warmed is { IsOpen: true } && (Rule.Resolve.Fall || Rule.Operator is BoundOperator.Absent || warmed.State == Episode.Phase.Pending);
        if (was is not null && warmed is { IsOpen: true }) Adopt(slot, Carried(was, warmed));
        else if (was is not null)
        {
            Adopt(slot, was);
            if (Rule.Resolve.Fall) EndNow(slot, Run.Now, "condition", []);
        }
        else if (holds)
        {
            Adopt(slot, warmed);
            if (warmed!.State == Episode.Phase.Firing) Page(warmed, warmed.OpenedAt);
        }
        else
        {
            if (warmed is { IsOpen: true })
            {
                (warmed.State, warmed.EndAt, warmed.EndStamp) = (Episode.Phase.Closed, warmed.LastAt, Run.Now);
                Adopt(slot, warmed);
                Consumed(slot, warmed);
            }
            else
            {
                Adopt(slot, warmed);
            }
        }

        Reschedule(slot);
    }

    private void Adopt(int slot, Episode? episode)
    {
        var block = State(slot);
        (block[EpisodeWord], block[QueuedWord]) = (0, 0);
        if (episode is not null)
        {
            Remember(slot, episode);
            if (episode.IsOpen) AddOpen(slot, episode);
        }

        Reschedule(slot);
    }

    private void Abandon(int slot)
    {
        RemoveOpen(Open(slot)!);
        State(slot)[EpisodeWord] = 0;
    }

    // The same alert under a changed rule: its identity and what it said stay, what ends it is the new rule's.
    private Episode Carried(Episode was, Episode? warmed = null)
    {
        var carried = new Episode
        {
            Key = was.Key,
            Id = was.Id,
            State = was.State,
            OpenedAt = was.OpenedAt,
            Since = was.Since,
            HeldUntil = was.HeldUntil,
            Severity = was.Severity,
            Summary = was.Summary,
            Annotations = was.Annotations,
            Labels = was.Labels,
            Because = was.Because,
            Matches = was.Matches,
            PagedAt = was.PagedAt,
            HasPaged = was.HasPaged,
            LastAt = warmed?.LastAt ?? was.LastAt,
            LastStamp = warmed?.LastStamp ?? was.LastStamp,
            LastPosition = warmed?.LastPosition ?? was.LastPosition,
            MetAt = new long[Rule.Resolve.Alternatives.Length],
        };
        Array.Fill(carried.MetAt, Episode.Never);
        return carried;
    }

    private static void EndOpen(RuleRunner from, Instant at)
    {
        foreach (var slot in from.OpenSlots.Order(Comparer<int>.Create(from.Keys.Compare)).ToArray()) from.EndNow(slot, at, "rule_removed", []);
    }

    private bool SameKey(RuleRunner from) => Rule.Key.Identity == from.Rule.Key.Identity;
}
