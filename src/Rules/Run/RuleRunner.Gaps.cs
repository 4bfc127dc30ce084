using Qualm.Model;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Run;

// What is concluded from silence while the monitor of its subject is lost waits for the end of the gap, and is then decided by
// the state that was found, or, where that tells nothing, after as much silence again.
internal abstract partial class RuleRunner
{
    /// <summary>How a rule's decisions name a gap.</summary>
    protected const string ByGap = "gap";

    private readonly long[] _pair = new long[2];

    /// <summary>What of the rule a gap concerns.</summary>
    protected GapConcern Gaps { get; }

    /// <summary>Whether the gap of a VM, or else of a host, may change what the rule decides.</summary>
    public bool MindsGap(bool ofVm) => Gaps.Any && Gaps.SubjectIsVm == ofVm;

    /// <summary>The newest gap of a key's subject. A key that names neither VM nor host has none.</summary>
    protected GapState GapOf(int slot) =>
        (Gaps.SubjectIsVm ? Keys.Vm(slot)?.Monitor.Gap : Keys.Host(slot)?.Gap) ?? GapState.None;

    /// <summary>Causes of a decision: an event, and what ended the gap where that is the reason.</summary>
    /// <returns>Valid until it is asked for again.</returns>
    protected ReadOnlySpan<long> Causes(int slot, long position, string? reason)
    {
        var ended = GapOf(slot).EndedBy.Value;
        (_pair[0], _pair[1]) = (Math.Min(position, ended), Math.Max(position, ended));
        if (reason == ByGap && ended != position) return _pair;
        _pair[0] = position;
        return _pair.AsSpan(0, 1);
    }

    /// <summary>The gap of a subject is over: decides what it held.</summary>
    /// <param name="slots">Of keys of the subject, in their order.</param>
    public void GapEnded(IEnumerable<int> slots, in EventView e)
    {
        foreach (var slot in slots)
        {
            Ask(slot);
            var gap = GapOf(slot);
            OperatorGapEnded(slot, gap, e);
            if (Open(slot) is { } episode) EpisodeGapEnded(slot, episode, gap, e);
            Reschedule(slot, DecideUntil(slot, Run.Now.Micros - 1));
        }
    }

    /// <summary>Keys whose waits or episodes the gap of a VM or host touched, in their order.</summary>
    public IEnumerable<int> SlotsOf(VmState? vm, HostState? host)
    {
        if (vm is not null && Keys is VmKeyTable) return Keys.InUse(vm.Index) && HasState(vm.Index) ? [vm.Index] : [];
        var candidates = Gaps.Wait || Gaps.RisesBySilence ? Enumerable.Range(0, Keys.Bound).Where(slot => Keys.InUse(slot) && HasState(slot)) : OpenSlots;
        var slots = candidates.Where(slot => vm is not null ? Keys.Vm(slot) == vm : Keys.Host(slot) == host).ToList();
        slots.Sort(Keys.Compare);
        return slots;
    }

    /// <summary>Judges what the operator itself waits for by what was found after a gap.</summary>
    protected virtual void OperatorGapEnded(int slot, GapState gap, in EventView e)
    {
    }

    /// <summary>Whether the state found after a gap lets the condition of an episode hold on; by default the events that end it tell.</summary>
    protected virtual GapVerdict VerdictOf(int slot, GapState gap, in EventView e) => Gaps.OfEnders(gap, Keys.Vm(slot));

    /// <summary>Whether a window that ends then reaches into the newest gap, so that nobody knows that it is as empty as it looks.</summary>
    /// <param name="rises">Whether the condition would begin to hold by it, or cease to.</param>
    protected bool IsUncertain(int slot, Instant end, bool rises)
    {
        if (!(rises ? Gaps.RisesBySilence : Gaps.FallsBySilence)) return false;
        var gap = GapOf(slot);
        return gap.Open ? end > gap.BeganAt : gap.EndedStamp != default && end > gap.BeganAt && end < gap.EndedAt + Gaps.Silence;
    }

    // A condition that falls for want of events falls no sooner than so long after the newest gap; while one lasts it is held.
    private long DueOfOperator(int slot, long[] block)
    {
        var due = OperatorDue(slot);
        if (due == long.MaxValue || !Gaps.HoldsFall || EpisodeOf(block) is not { IsOpen: true } episode) return due;
        if (episode.InGap) return long.MaxValue;
        if (episode.SilentStamp == default) return due;
        if (Gaps.Policy == GapPolicy.Ignore) return due - Micros(Gaps.Silence) - Lateness < episode.SilentStamp.Micros ? long.MaxValue : due;
        return Math.Max(due, (episode.SilentStamp + Gaps.Silence).Micros + Lateness);
    }

    // Whether a fall that is past is not known to have happened.
    private bool IsUncertain(int slot, Episode episode) =>
        Gaps.TakesOnWhileUncertain && Gaps.Policy == GapPolicy.Unknown
        && (GapOf(slot).Open || (episode.SilentStamp != default && Run.Now <= episode.SilentStamp + Gaps.Silence + Rule.Lateness));

    // Returns whether what is due was held, or dropped, because nobody could know.
    private bool HoldsOperator(int slot)
    {
        if (!Gaps.HoldsFall || Open(slot) is not { } episode || !GapOf(slot).Open) return false;
        Hold(episode);
        return true;
    }

    private bool HoldsEpisode(int slot, Episode episode, long due)
    {
        if (!Gaps.Any || GapOf(slot) is not { Open: true } gap) return false;
        var quiet = Gaps.Quiet && TimedEnd(episode) is { } end && end.Due <= due && end.At > gap.BeganAt;
        var pending = !quiet && Gaps.For && episode.State == Episode.Phase.Pending && episode.HeldUntil.Micros <= due;
        if (!quiet && !pending) return false;
        if (pending && Gaps.Policy == GapPolicy.Ignore) End(slot, episode, Run.Now - Rule.Lateness, ByGap, [episode.LastPosition]);
        else Hold(episode);
        return true;
    }

    private void Hold(Episode episode)
    {
        if (Gaps.Policy == GapPolicy.Ignore)
        {
            episode.SilentStamp = Run.Now;
            return;
        }

        episode.InGap = true;
        TellUnknown(episode);
    }

    /// <summary>Tells, once a gap, that nobody knows whether an episode still holds.</summary>
    protected void TellUnknown(Episode episode)
    {
        if (episode.Unknown || episode.State is not (Episode.Phase.Firing or Episode.Phase.Pending)) return;
        episode.Unknown = true;
        _decisions.Emit(episode, TransitionKind.Unknown, Run.Now - Rule.Lateness, ByGap);
    }

    private void EpisodeGapEnded(int slot, Episode episode, GapState gap, in EventView e)
    {
        episode.InGap = false;
        ReviewEndings(episode, gap, e);
        var pending = episode.State == Episode.Phase.Pending && Gaps.For;
        if (Gaps.Policy == GapPolicy.Ignore)
        {
            (episode.SilentAt, episode.SilentStamp) = (e.At, e.Stamp);
            if (pending) End(slot, episode, e.At, ByGap, [e.Position.Value]);
            return;
        }

        var verdict = pending || Gaps.Ends ? VerdictOf(slot, gap, e) : GapVerdict.Unclear;
        if (verdict == GapVerdict.Came)
        {
            End(slot, episode, Instant.Max(e.At, episode.Since), ByGap, [e.Position.Value]);
            return;
        }

        (episode.SilentAt, episode.SilentStamp) = (e.At, e.Stamp);
        if (verdict == GapVerdict.Missing)
        {
            Reassure(episode, e.At, pending && episode.HeldUntil < Run.Now ? null : ByGap);
        }
        else if (pending)
        {
            (episode.HeldTo, episode.HeldUntil) = (e.At + Rule.For, e.Stamp + Rule.For + Rule.Lateness);
        }

        Release(slot, episode);
    }

    // What time was to make of a state that ends an episode is judged by the state that was found.
    private void ReviewEndings(Episode episode, GapState gap, in EventView e)
    {
        for (var i = 0; Gaps.Quiet && i < episode.Endings.Length; i++)
        {
            if (Rule.Resolve.Alternatives[i] is { WatchesState: true, When: { ReadsMonitor: false } when }) episode.Endings[i]?.Review(when, e, gap.BeganAt.Micros);
        }
    }

    // A match is enough to know that an episode holds, unless it takes many.
    private bool IsSure(int slot, Episode episode) =>
        !Gaps.FallsBySilence || (Gaps.HoldsFall && !episode.InGap && OperatorDue(slot) is not long.MaxValue and var due && due > (episode.SilentStamp + Gaps.Silence).Micros + Lateness);

    /// <summary>Once it is known again, an episode told to be unknown is told to be what it was.</summary>
    protected void Reassure(Episode episode, Instant at, string? reason)
    {
        if (!episode.Unknown) return;
        episode.Unknown = false;
        if (episode.State == Episode.Phase.Firing)
        {
            // It is a page like any other: the next one is due as long after it.
            episode.PagedAt = Run.Now;
            _decisions.Emit(episode, TransitionKind.Firing, at, reason);
        }
        else if (episode.State == Episode.Phase.Pending && reason is not null) _decisions.Emit(episode, TransitionKind.Pending, at, reason);
    }

    // Why a pending episode fires: a gap that overlapped its time was judged by the state found after it.
    private string? ReasonOfPending(int slot, Episode episode) =>
        Gaps.For && episode.HeldUntil - Rule.For - Rule.Lateness < GapOf(slot).EndedStamp ? ByGap : null;
}
