using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Run;

internal abstract partial class RuleRunner
{
    private readonly List<int> _openSlots = [];

    // What a condition over state reads, while it is compared.
    private CelValue[] _now = [];

    /// <summary>Slots whose episode is open, in no order.</summary>
    public IReadOnlyList<int> OpenSlots => _openSlots;

    /// <summary>The open episode of a key; null when it has none.</summary>
    public Episode? Open(int slot) => EpisodeOf(slot) is { IsOpen: true } episode ? episode : null;

    /// <summary>Opens an episode, unless the rule leaves its key out.</summary>
    /// <param name="since">From when, in event time, an ending counts.</param>
    /// <param name="stamp">Of the match: what deadlines of the episode run from.</param>
    /// <param name="reason">Why it opens; null when matches alone are why.</param>
    protected Episode? OpenEpisode(int slot, in EventView e, Instant at, Instant since, Instant stamp, ReadOnlySpan<long> because, Aggregate aggregate, string? reason = null)
    {
        var key = Keys.Parts(slot);
        if (_decisions.IsExcepted(key)) return null;
        Ask(slot);
        if (Rule.IsEdge)
        {
            Announce(slot, e, at, because, aggregate);
            return null;
        }

        var last = EpisodeOf(slot);
        if (last is { ToldBefore: true } && last.OpenedAt == at) return null;
        var episode = _pool.Take();
        episode.Identify(Rule.Name, key, at);
        episode.MayEnd(Rule.Resolve.Alternatives.Length);
        ReadOpening(episode, e);
        (episode.State, episode.OpenedAt, episode.Since) = (Episode.Phase.Firing, at, since);
        (episode.LastAt, episode.LastStamp, episode.LastPosition, episode.Matches) = (at, stamp, e.Position.Value, e.Weight);
        episode.Because = because;
        Remember(slot, episode);
        AddOpen(slot, episode);
        if (Rule.Resolve.Alternatives.Any(a => a.SubjectGone)) Run.AwaitingGone++;
        _decisions.Fill(episode, e, aggregate);
        Start(episode, last, stamp, reason);
        MeetEarlierEnders(slot, episode);
        return episode;
    }

    private void AddOpen(int slot, Episode episode)
    {
        episode.OpenPlace = _openSlots.Count;
        _openSlots.Add(slot);
    }

    // The last one takes its place.
    private void RemoveOpen(Episode episode)
    {
        var last = _openSlots[^1];
        _openSlots[episode.OpenPlace] = last;
        _episodes[(int)State(last)[EpisodeWord]]!.OpenPlace = episode.OpenPlace;
        _openSlots.RemoveAt(_openSlots.Count - 1);
    }

    private void Start(Episode episode, Episode? last, Instant stamp, string? reason)
    {
        if (last is not null && Rule.Cooldown > TimeSpan.Zero && episode.OpenedAt < last.EndAt + Rule.Cooldown)
        {
            (episode.CooledAt, episode.CooledStamp) = (last.EndAt + Rule.Cooldown, last.EndStamp + Rule.Cooldown);
        }

        if (Rule.For > TimeSpan.Zero)
        {
            episode.State = Episode.Phase.Pending;
            (episode.HeldTo, episode.HeldUntil) = (episode.OpenedAt + Rule.For, stamp + Rule.For + Rule.Lateness);
            _decisions.Emit(episode, TransitionKind.Pending, episode.OpenedAt, reason);
        }
        else
        {
            PageOnceCooled(episode, episode.OpenedAt, reason);
        }
    }

    // What opens too soon after the last episode waits with its page until the cooldown is over.
    private void PageOnceCooled(Episode episode, Instant at, string? reason = null)
    {
        if (episode.CooledAt > at)
        {
            episode.State = Episode.Phase.Waiting;
            (episode.HeldTo, episode.HeldUntil) = (episode.CooledAt, Instant.Max(episode.CooledStamp + Rule.Lateness, Run.Now));
        }
        else
        {
            Page(episode, at, reason);
        }
    }

    private void Page(Episode episode, Instant at, string? reason = null)
    {
        episode.State = Episode.Phase.Firing;
        if (!episode.HasPaged && Rule.Unacknowledged is { } escalation) episode.EscalatesAt = Run.Now + escalation.After;
        (episode.PagedAt, episode.HasPaged, episode.Unknown) = (Run.Now, true, false);
        _decisions.Emit(episode, TransitionKind.Firing, at, reason);
        Conclude(episode, at);
    }

    /// <summary>A further match of an open episode, of which the aggregate counts as well.</summary>
    protected void Prolong(int slot, Episode episode, in EventView e)
    {
        Touch(episode, e);
        Climb(episode, e, AggregateOf(slot, episode));
    }

    /// <summary>A further match of an open episode.</summary>
    protected void Prolong(int slot, Episode episode, in EventView e, Aggregate aggregate)
    {
        Touch(episode, e);
        Climb(episode, e, aggregate);
    }

    /// <summary>An event keeps an episode up.</summary>
    protected static void Touch(Episode episode, in EventView e)
    {
        episode.Matches += e.Weight;
        if (e.At > episode.LastAt || (e.At == episode.LastAt && e.Position.Value > episode.LastPosition))
        {
            (episode.LastAt, episode.LastStamp, episode.LastPosition) = (e.At, e.Stamp, e.Position.Value);
        }
    }

    /// <summary>Moves the severity to where it belongs, and tells of it.</summary>
    protected void Climb(Episode episode, in EventView e, Aggregate aggregate)
    {
        if (Rule.Ladder.Length > 1 && _decisions.Climb(episode, e, aggregate) && episode.State == Episode.Phase.Firing)
        {
            episode.Because = [e.Position.Value];
            _decisions.Emit(episode, TransitionKind.Severity, e.At);
        }
    }

    /// <summary>Ends the open episode, then lets what was held back begin the next.</summary>
    protected void End(int slot, Episode episode, Instant at, string reason, ReadOnlySpan<long> because, bool byTime = false)
    {
        // Its time may be decided on later than its fall, and yet have been over before it.
        if (reason == "condition" && !byTime && episode.SilentStamp != default && Gaps.HoldsFall) at = Instant.Max(at, episode.SilentAt + Gaps.Silence);
        var ended = EndStamp(episode, at, byTime, reason);
        if ((byTime || reason == "condition") && IsHeld(episode) && at > episode.HeldTo)
        {
            if (episode.State == Episode.Phase.Pending) PageOnceCooled(episode, episode.HeldTo);
            if (episode.State == Episode.Phase.Waiting && at > episode.HeldTo) Page(episode, episode.OpenedAt + Rule.For);
        }

        var told = episode.State is Episode.Phase.Firing or Episode.Phase.Pending;
        (episode.State, episode.EndAt, episode.EndStamp) = (Episode.Phase.Closed, at, ended);
        RemoveOpen(episode);
        RememberOver(slot, episode);
        if (Rule.Resolve.Alternatives.Any(a => a.SubjectGone)) Run.AwaitingGone--;
        if (episode.Endings.Any(e => e?.Gone is not null)) Run.Leaving--;
        if (told)
        {
            episode.Because = because;
            _decisions.Emit(episode, TransitionKind.Resolved, at, reason);
            Retract(episode, at);
        }

        Consumed(slot, episode);
        if (!episode.HoldsBack) return;
        var held = episode.TakeHeld();
        foreach (var (role, e) in held)
        {
            Value = e.Value;
            if (role >= ResolveRole) TakeEnder(role - ResolveRole, slot, e.View());
            else TakeMatch(role, slot, e.View());
            Run.Retained.Give(e);
        }

        held.Clear();
        episode.GiveBack(held);
    }

    // The stamp that stands for the end. What ends by time may have been over long before the event that its alternative also asks for.
    private Instant EndStamp(Episode episode, Instant at, bool byTime, string reason)
    {
        var settled = Run.Now - Rule.Lateness;
        if (!byTime) return reason == "condition" ? settled : Run.Now;
        var asOfEvents = new Instant(episode.LastStamp.Micros + at.Micros - episode.LastAt.Micros);
        return asOfEvents <= settled ? settled : Instant.Min(asOfEvents, Run.Now);
    }

    /// <summary>Ends the episode of a key because its subject or its rule is no more.</summary>
    public void EndNow(int slot, Instant at, string reason, ReadOnlySpan<long> because)
    {
        if (Open(slot) is not { } episode) return;
        if (episode.HoldsBack) episode.Held.Clear();
        End(slot, episode, Instant.Max(at, episode.Since), reason, because);
    }

    /// <summary>The subject of a key is gone: meets the alternatives that ask for it.</summary>
    public void SubjectGone(int slot, in EventView e)
    {
        Ask(slot);
        for (var i = 0; i < Rule.Resolve.Alternatives.Length; i++)
        {
            if (Open(slot) is not { } episode || !Rule.Resolve.Alternatives[i].SubjectGone) continue;
            var alternative = Rule.Resolve.Alternatives[i];
            if (alternative.For > TimeSpan.Zero) Leave(slot, episode, i, e);
            else EndNow(slot, e.At, "subject_gone", [e.Position.Value]);
        }
    }

    protected virtual void TakeMatch(int role, int slot, in EventView e)
    {
        var episode = EpisodeOf(slot);
        if (episode is { IsOpen: true })
        {
            if (IsOfNext(slot, episode, e.At))
            {
                episode.Held.Add((role, Run.Retained.Take(e, Value)));
                if (!HeldMovesEnd(slot, episode, e.At)) return;
            }
            else
            {
                Serve(role, slot, episode, e);
                if (episode.Unknown && IsSure(slot, episode)) Reassure(episode, e.At, null);
            }

            Release(slot, episode);
        }
        else if (episode is not null && BelongsTo(episode, e.At))
        {
            Absorb(role, slot, episode, e);
        }
        else
        {
            Detect(role, slot, e);
        }
    }

    // A straggler may have moved the likely end: what was held back before it now belongs to this episode after all.
    protected void Release(int slot, Episode episode)
    {
        while (episode.IsOpen && episode.HoldsBack)
        {
            var place = episode.FirstHeld;
            var (role, e) = episode.Held[place];
            if (MustWait(slot, episode, role, e.At)) return;
            episode.Held.RemoveAt(place);
            Value = e.Value;
            if (role >= ResolveRole) TakeEnder(role - ResolveRole, slot, e.View());
            else Serve(role, slot, episode, e.View());
            Run.Retained.Give(e);
        }
    }

    private void TakeEnder(int alternative, int slot, in EventView e)
    {
        if (EpisodeOf(slot) is not { IsOpen: true } episode)
        {
            if (Rule.Resolve.Alternatives[alternative].When is null) RememberEnder(ref State(slot)[EndersWord], alternative, e);
            return;
        }

        if (Rule.Resolve.Alternatives[alternative].WatchesState)
        {
            Watch(slot, episode, alternative, e);
            return;
        }

        if (e.At < episode.Since || !Meets(episode, alternative, e)) return;
        var mustStand = Rule.Resolve.Alternatives[alternative] is { IsEvent: true } && Rule.Resolve.Alternatives[alternative].For > TimeSpan.Zero;
        if (mustStand && !IsPastEnd(slot, episode, e.At))
        {
            episode.EndingOf(alternative).Add(new Ending.Moment(e.At.Micros, e.Stamp.Micros, e.Position.Value));
            return;
        }

        if (MustWait(slot, episode, alternative + ResolveRole, e.At))
        {
            episode.Held.Add((alternative + ResolveRole, Run.Retained.Take(e)));
            return;
        }

        episode.Meet(alternative, e.At.Micros);
        if (!Rule.Resolve.Alternatives[alternative].IsEvent) return;
        var awaitedUntil = episode.OpenedAt + Rule.For;
        var late = episode.State != Episode.Phase.Pending && awaitedUntil > episode.Since && e.At <= awaitedUntil;
        End(slot, episode, e.At, late ? "late" : Rule.Resolve.Alternatives[alternative].When is null ? "event" : "condition", [e.Position.Value]);
    }

    // What the conditions over state that may end it read now.
    private void ReadOpening(Episode episode, in EventView e)
    {
        for (var i = 0; i < Rule.Resolve.Alternatives.Length; i++)
        {
            if (Rule.Resolve.Alternatives[i].When is { } when) when.Read(e, episode.Opens(i, when.Members));
        }
    }

    // A condition over state is judged only after a later event has changed something that it reads.
    private bool Meets(Episode episode, int alternative, in EventView e) =>
        Rule.Resolve.Alternatives[alternative].When is not { } when || (HasChanged(episode, alternative, e) && when.Holds(e, e.At));

    private bool HasChanged(Episode episode, int alternative, in EventView e)
    {
        if (alternative < episode.AsOpened.Length && episode.AsOpened[alternative] is { } opened)
        {
            if (_now.Length < opened.Length) _now = new CelValue[opened.Length];
            var now = _now.AsSpan(0, opened.Length);
            Rule.Resolve.Alternatives[alternative].When!.Read(e, now);
            if (now.SequenceEqual(opened)) return false;
            episode.Changed(alternative);
        }

        return true;
    }

    /// <summary>Whether a match at this time belongs to the next episode, as far as is known now, and is to be held back.</summary>
    protected bool IsOfNext(int slot, Episode episode, Instant at) =>
        (IsPastEnd(slot, episode, at) && !IsUncertain(slot, episode)) || IsBehindHeldEnder(episode, at);

    /// <summary>Whether the episode, as far as is known now, has ended before this time.</summary>
    protected virtual bool IsPastEnd(int slot, Episode episode, Instant at) => TimedEnd(episode) is { } end && at > end.At;

    /// <summary>Whether an event held back at this time lets the condition hold on after all.</summary>
    protected virtual bool HeldMovesEnd(int slot, Episode episode, Instant at) => false;

    /// <summary>How far before its opening an episode's first events may lie, in microseconds.</summary>
    protected virtual long Reach => 0;

    // What ends an episode after its page is due ends it only once it has fired.
    private bool MustWait(int slot, Episode episode, int role, Instant at) =>
        (IsPastEnd(slot, episode, at) && !IsUncertain(slot, episode)) || (role >= ResolveRole && IsHeld(episode) && at > episode.HeldTo);

    private static bool IsHeld(Episode episode) => episode.State is Episode.Phase.Pending or Episode.Phase.Waiting;

    // What comes after an ending that waits belongs to the next episode, should that ending count.
    private static bool IsBehindHeldEnder(Episode episode, Instant at)
    {
        if (!episode.HoldsBack) return false;
        foreach (var (role, e) in episode.Held)
        {
            if (role >= ResolveRole && e.At <= at) return true;
        }

        return false;
    }

    /// <summary>Whether an event that comes after the end is one the episode would have taken.</summary>
    private bool BelongsTo(Episode episode, Instant at)
    {
        if (at > episode.EndAt || (Rule.Resolve.Fall && at == episode.EndAt)) return false;
        return at.Micros >= episode.Since.Micros - Reach || MayHaveKeptUp(episode, at);
    }

    // Whether no quiet had passed from then to the opening.
    private bool MayHaveKeptUp(Episode episode, Instant at)
    {
        foreach (var alternative in Rule.Resolve.Alternatives)
        {
            if (alternative.Quiet is { } quiet && at + quiet < episode.OpenedAt) return false;
        }

        return true;
    }

    private long EpisodeDue(long[] block)
    {
        if (EpisodeOf(block) is not { IsOpen: true, InGap: false } episode) return long.MaxValue;
        var due = TimedEnd(episode)?.Due ?? long.MaxValue;
        if (episode.State is Episode.Phase.Pending or Episode.Phase.Waiting) return Math.Min(due, episode.HeldUntil.Micros);
        return Math.Min(due, ReminderDue(episode));
    }

    private void DecideEpisode(int slot, long due)
    {
        var episode = Open(slot)!;
        if (HoldsEpisode(slot, episode, due)) return;
        if (TimedEnd(episode) is { } end && end.Due <= due) End(slot, episode, end.At, end.Reason, [end.Position], byTime: true);
        else if (episode.State == Episode.Phase.Pending) PageAndRelease(slot, episode);
        else if (episode.State == Episode.Phase.Waiting) PageAndRelease(slot, episode);
        else Remind(episode, new Instant(due));
    }

    private void PageAndRelease(int slot, Episode episode)
    {
        Settle(slot, episode.HeldTo);
        if (!IsHeld(episode)) return;
        if (episode.State == Episode.Phase.Pending)
        {
            var reason = ReasonOfPending(slot, episode);
            if (reason is not null) episode.Because = [.. episode.Because.ToArray().Append(GapOf(slot).EndedBy.Value).Distinct().Order()];
            PageOnceCooled(episode, episode.HeldTo, reason);
        }
        else
        {
            Page(episode, episode.OpenedAt + Rule.For);
        }

        Release(slot, episode);
    }
}
