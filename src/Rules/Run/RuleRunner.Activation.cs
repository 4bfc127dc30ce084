using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

// What a rule takes over from the runner it replaces, its own former self, and from one that was warmed from history.
internal abstract partial class RuleRunner
{
    private const string Removed = "rule_removed";

    /// <summary>Whether events of this role are looked at for the state around them alone.</summary>
    public virtual bool ReadsState(int role) => false;

    // Episodes that go on without a past under the rule as it is: what their endings read is read once all rules stand.
    private readonly List<int> _unread = [];

    // Episodes of the rule as it was, by slot, until it is known what the past makes of them.
    private readonly Dictionary<int, Episode> _before = [];

    /// <summary>Takes over everything from the same rule in the set before.</summary>
    public void Inherit(RuleRunner from)
    {
        (_matches, Errors) = (from.Matches - (CountsInLog ? Log!.Weight : 0), from.Errors);
        from.Detach();
        TakeOperator(from);
        TakeEnders(from);
        for (var slot = 0; slot < from.Keys.Bound; slot++)
        {
            if (!from.Knows(slot)) continue;
            var own = Keys.Copy(from.Keys, slot);
            from.State(slot).CopyTo(State(own));
            var episode = from.EpisodeOf(slot);
            if (episode is { IsOpen: true }) Owe(episode, from.Rule);
            Adopt(own, episode);
        }
    }

    /// <summary>Takes over the alerts of a rule of the same name; <see cref="TakeWarmed"/> decides what becomes of them.</summary>
    public void Succeed(RuleRunner from)
    {
        (_matches, Errors) = (from.Matches - (CountsInLog ? Log!.Weight : 0), from.Errors);
        if (!RuleChange.HasSameAlerts(from.Rule, Rule))
        {
            from.EndAll(Run.Now);
            return;
        }

        foreach (var slot in from.InKeyOrder())
        {
            if (_decisions.IsExcepted(from.Keys.Parts(slot))) from.EndNow(slot, Run.Now, Removed, []);
        }

        for (var slot = 0; slot < from.Keys.Bound; slot++)
        {
            if (!from.Knows(slot) || from.EpisodeOf(slot) is not { } episode) continue;
            if (episode.IsOpen) Owe(episode, from.Rule);
            _before[Keys.Copy(from.Keys, slot)] = episode;
        }
    }

    /// <summary>Takes over what the past made of a new or changed rule.</summary>
    /// <param name="from">Null when it has no past.</param>
    public void TakeWarmed(RuleRunner? from)
    {
        if (from is not null)
        {
            from.Detach();
            TakeOperator(from);
            TakeEnders(from);
            var slots = Enumerable.Range(0, from.Keys.Bound).Where(from.Knows).ToList();
            slots.Sort(from.Keys.Compare);
            foreach (var slot in slots)
            {
                var own = Keys.Copy(from.Keys, slot);
                if (_before.Remove(own, out var was)) from.ConcludeBefore(was, slot);
                from.State(slot).CopyTo(State(own));
                Settle(own, was, from.EpisodeOf(slot));
            }
        }

        // Of these the past knows nothing.
        foreach (var slot in _before.Keys.Order(Comparer<int>.Create(Keys.Compare))) Settle(slot, _before[slot], null);
        _before.Clear();
    }

    /// <summary>Reads what the endings of episodes that it took over without a past depend on, as it is now. To be called once it is told what stands.</summary>
    public void ReadAsOpened()
    {
        foreach (var slot in _unread)
        {
            if (Open(slot) is not { } episode) continue;
            Ask(slot);
            ReadOpening(episode, RetainedEvent.ViewOf(new EntryPool.Entry { At = Run.Now.Micros, Stamp = Run.Now.Micros, Weight = 1 }, Keys.Vm(slot), Keys.Host(slot)));
        }

        _unread.Clear();
    }

    /// <summary>Ends all its alerts, because the rule is no more.</summary>
    public void EndAll(Instant at)
    {
        foreach (var slot in InKeyOrder()) EndNow(slot, at, Removed, []);
    }

    /// <summary>Takes over the operator's pools; the blocks follow.</summary>
    protected virtual void TakeOperator(RuleRunner from)
    {
    }

    /// <summary>Takes what logs keep into the blocks, which alone are handed over.</summary>
    protected virtual void Detach()
    {
        for (var slot = 0; slot < (_enderLog?.SlotBound ?? 0); slot++)
        {
            if (_enderLog!.Of(slot).Count > 0 && !_enderLog.IsIdle(slot)) State(slot);
        }
    }

    /// <summary>Whether something that has happened is yet to be judged.</summary>
    protected virtual bool IsSettling(int slot) => false;

    /// <summary>Drops what the operator does not keep while an episode is open.</summary>
    protected virtual void Slim(int slot)
    {
    }

    private bool Knows(int slot) => Keys.InUse(slot) && HasState(slot) && State(slot).IndexOfAnyExcept(0) >= 0;

    private int[] InKeyOrder() => [.. OpenSlots.Order(Comparer<int>.Create(Keys.Compare))];

    // What the rule as it was has told is decided up to there, however long the rule as it is would wait for stragglers.
    // An alert that likely ended before another of its key was told is over, though its end is not decided yet.
    private void ConcludeBefore(Episode other, int slot)
    {
        if (other is { HasPaged: true, EndedByChange: false }) Settle(slot, other.IsOpen ? Instant.Max(other.OpenedAt, other.HeldTo) : other.EndAt);
        if (!other.IsOpen || Open(slot) is not { Held.Count: > 0 } episode || episode.LastAt >= other.OpenedAt) return;
        End(slot, episode, new Instant(other.OpenedAt.Micros - 1), "quiet", []);
    }

    // Whom to tell of the end may have changed; who was told of the beginning is told of the end as well.
    private void Owe(Episode episode, BoundRule before)
    {
        var (told, tells) = (before.Receivers[(int)TransitionKind.Resolved], Rule.Receivers[(int)TransitionKind.Resolved]);
        episode.Owed = [.. episode.Owed.Union(told).Except(tells)];
    }

    private void Settle(int slot, Episode? was, Episode? warmed)
    {
        if (was is { IsOpen: true, HasPaged: true } || (was is { IsOpen: true } && warmed is not { IsOpen: true } && IsSettling(slot))) GoOn(slot, was, warmed);
        else if (was is { IsOpen: false, HasPaged: true, EndedByChange: false } && (warmed is null || warmed.OpenedAt == was.OpenedAt || (!warmed.IsOpen && warmed.OpenedAt < was.OpenedAt))) BeOver(slot, was, warmed);
        else Begin(slot, was is { IsOpen: true } ? was : null, warmed);
        Reschedule(slot);
    }

    // It goes on, unless it is known that it does not hold.
    private void GoOn(int slot, Episode was, Episode? warmed)
    {
        var holds = warmed is { IsOpen: true };
        Adopt(slot, holds ? Carried(was, warmed!) : Carried(was, slot));
        if (holds || !Rule.Resolve.Fall || IsSettling(slot))
        {
            Slim(slot);
            return;
        }

        Open(slot)!.EndedByChange = true;
        EndNow(slot, Run.Now, "condition", []);
    }

    // What was told and is over is not told again, though the rule as it is would not have ended it yet.
    private void BeOver(int slot, Episode was, Episode? warmed)
    {
        if (warmed is { IsOpen: true }) Consumed(slot, was);
        was.ToldBefore = true;
        Adopt(slot, was);
    }

    // What begins with the activation is an episode of its own: the same match may have been told, and resolved, under rules before.
    private void Begin(int slot, Episode? was, Episode? warmed)
    {
        var holds = warmed is { IsOpen: true }
            && (was is not null || Rule.HasCondition || Rule.Operator is BoundOperator.Absent || warmed.State == Episode.Phase.Pending);
        var goesOn = holds && was?.OpenedAt == warmed!.OpenedAt;
        if (was is not null && !goesOn) Withdraw(was);
        if (!holds && warmed is { IsOpen: true }) Complete(slot, warmed);
        if (holds) warmed!.Identify(Rule.Name, warmed.Key, goesOn ? was!.IdAt : Run.Now);
        Adopt(slot, warmed);
        if (holds) Show(slot, warmed!, isNew: !goesOn);
    }

    // It waited, under the rule as it was, for what will not come any more. Nobody was told, but the record shows it.
    private void Withdraw(Episode was)
    {
        if (was.State != Episode.Phase.Pending) return;
        was.Because = [];
        was.State = Episode.Phase.Closed;
        _decisions.Emit(was, TransitionKind.Resolved, Instant.Max(Run.Now, was.Since), "condition");
    }

    private void Show(int slot, Episode episode, bool isNew)
    {
        Slim(slot);

        // What it told while it was warmed nobody has heard; but whoever takes the event that it derives was warmed with it.
        (episode.HasPaged, episode.EscalatesAt) = (false, null);
        if (Rule.Kind == ConclusionKind.Event) episode.Concluded = episode.State == Episode.Phase.Firing;
        else if (episode.State == Episode.Phase.Firing) Page(episode, episode.OpenedAt + Rule.For);
        else if (episode.State == Episode.Phase.Pending && isNew) _decisions.Emit(episode, TransitionKind.Pending, episode.OpenedAt);
    }

    // Its match was complete before the rule was there to see it.
    private void Complete(int slot, Episode episode)
    {
        episode.Held.Clear();
        (episode.State, episode.EndAt, episode.EndStamp) = (Episode.Phase.Closed, episode.LastAt, Run.Now);
        Consumed(slot, episode);
    }

    private void Adopt(int slot, Episode? episode)
    {
        var block = State(slot);
        (block[EpisodeWord], block[QueuedWord]) = (0, 0);
        if (episode is not null)
        {
            Remember(slot, episode);
            if (episode.IsOpen) AddOpen(slot, episode);
            else RememberOver(slot, episode);
        }

        Reschedule(slot);
    }

    // The same alert under a changed rule: its identity and what it said stay, what ends it is the new rule's.
    private Episode Carried(Episode was, Episode warmed)
    {
        var carried = Carried(was);
        (carried.LastAt, carried.LastStamp, carried.LastPosition) = (warmed.LastAt, warmed.LastStamp, warmed.LastPosition);
        carried.Held.AddRange(warmed.Held);
        carried.TakeEndings(warmed);
        return carried;
    }

    private Episode Carried(Episode was, int slot)
    {
        _unread.Add(slot);
        var carried = Carried(was);
        carried.MayEnd(Rule.Resolve.Alternatives.Length);
        return carried;
    }

    private Episode Carried(Episode was)
    {
        var carried = Copy(was);
        carried.Identify(Rule.Name, was.Key, was.IdAt);
        carried.Texts.Take(was.Texts);
        carried.Because = was.Because;
        return carried;
    }

    private static Episode Copy(Episode was) => new()
    {
        State = was.State,
        OpenedAt = was.OpenedAt,
        Since = was.Since,
        HeldTo = was.HeldTo,
        CooledAt = was.CooledAt,
        CooledStamp = was.CooledStamp,
        HeldUntil = was.HeldUntil,
        Severity = was.Severity,
        Matches = was.Matches,
        PagedAt = was.PagedAt,
        HasPaged = was.HasPaged,
        Owed = was.Owed,
        Acknowledged = was.Acknowledged,
        EscalatesAt = was.EscalatesAt,
        SilentAt = was.SilentAt,
        SilentStamp = was.SilentStamp,
        InGap = was.InGap,
        Unknown = was.Unknown,
        Data = was.Data,
        LastAt = was.LastAt,
        LastStamp = was.LastStamp,
        LastPosition = was.LastPosition,
    };
}
