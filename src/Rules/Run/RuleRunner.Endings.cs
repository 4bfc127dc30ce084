using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Run;

// What ends an episode by itself: quiet, a state that holds, an event or the loss of the subject that stands for its time.
internal abstract partial class RuleRunner
{
    /// <summary>An end that comes by itself, as far as is known.</summary>
    /// <param name="Due">When it has settled.</param>
    /// <param name="Position">What it goes back to.</param>
    private readonly record struct Ends(Instant At, long Due, string Reason, long Position);

    /// <summary>The subject of a key is there again: what waited for it to stay away waits no longer.</summary>
    public void SubjectBack(int slot, in EventView e)
    {
        if (Open(slot) is not { } episode) return;
        Ask(slot);
        for (var i = 0; i < episode.Endings.Length; i++)
        {
            if (episode.Endings[i] is not { Gone: { } gone } ending || e.At.Micros > gone.At + Micros(Rule.Resolve.Alternatives[i].For)) continue;
            ending.Gone = null;
            if (episode.Endings.All(a => a?.Gone is null)) Run.Leaving--;
        }

        Release(slot, episode);
        Reschedule(slot);
    }

    private void Leave(int slot, Episode episode, int alternative, in EventView e)
    {
        var ending = episode.EndingOf(alternative);
        if (ending.Gone is not null) return;
        if (episode.Endings.All(a => a?.Gone is null)) Run.Leaving++;
        ending.Gone = new Ending.Moment(Instant.Max(e.At, episode.Since).Micros, e.Stamp.Micros, e.Position.Value);
        Reschedule(slot);
    }

    // A condition over state, judged for itself. What holds when an event comes ends it there and then.
    private void Watch(int slot, Episode episode, int alternative, in EventView e)
    {
        Ask(slot);
        if (e.At < episode.Since || !HasChanged(episode, alternative, e)) return;
        episode.EndingOf(alternative).Plan(Rule.Resolve.Alternatives[alternative].When!, e, new Ending.Moment(e.At.Micros, e.Stamp.Micros, e.Position.Value));
        if (TimedEnd(episode) is { } end && end.Due <= Run.Now.Micros) End(slot, episode, end.At, end.Reason, [end.Position], byTime: true);
        else Release(slot, episode);
    }

    private Ends? TimedEnd(Episode episode)
    {
        Ends? first = null;
        var alternatives = Rule.Resolve.Alternatives;
        for (var i = 0; i < alternatives.Length; i++)
        {
            if (TimedEnd(episode, i, alternatives[i]) is { } end && (first is null || end.At < first.Value.At)) first = end;
        }

        // What ends an episode after its page is due ends it only once it has fired.
        if (first is not { } found || !IsHeld(episode) || found.At <= episode.HeldTo) return first;
        return found with { Due = Math.Max(found.Due, episode.HeldUntil.Micros) };
    }

    // Since when, in event time and by stamps, no match was heard.
    private (long At, long Stamp) Silence(Episode episode) => Gaps.Quiet
        ? (Math.Max(episode.LastAt.Micros, episode.SilentAt.Micros), Math.Max(episode.LastStamp.Micros, episode.SilentStamp.Micros))
        : (episode.LastAt.Micros, episode.LastStamp.Micros);

    private Ends? TimedEnd(Episode episode, int index, BoundResolve.Alternative alternative)
    {
        if (Gaps is { Quiet: true, Policy: GapPolicy.Ignore } && episode.LastStamp < episode.SilentStamp && !alternative.WatchesState && !alternative.SubjectGone) return null;
        var held = Micros(alternative.For);
        if (alternative.WatchesState) return StateEnd(episode, index, alternative, held);
        if (alternative.Quiet is { } quiet) return QuietEnd(episode, index, alternative, Micros(quiet), held);
        if (held == 0 || episode.Endings.Length == 0 || episode.Endings[index] is not { } ending) return null;
        var moment = alternative.SubjectGone ? ending.Gone : ending.FirstAfter(episode.LastAt.Micros, episode.LastPosition);
        if (moment is not { } began) return null;
        if (Gaps.Quiet && !alternative.SubjectGone) began = began with { At = Math.Max(began.At, episode.SilentAt.Micros), Stamp = Math.Max(began.Stamp, episode.SilentStamp.Micros) };
        return new Ends(new Instant(began.At + held), began.Stamp + held + Lateness, alternative.SubjectGone ? "subject_gone" : alternative.When is null ? "event" : "condition", began.Position);
    }

    private Ends? QuietEnd(Episode episode, int index, BoundResolve.Alternative alternative, long quiet, long held)
    {
        var met = alternative.On is null ? long.MinValue : episode.MetAt[index];
        if (alternative.On is not null && met == Episode.Never) return null;
        var (last, stamp) = Silence(episode);
        var end = Math.Max(last + quiet, met) + held;
        var settles = held > 0 ? end - last : quiet;
        return new Ends(new Instant(end), stamp + settles + Lateness, "quiet", episode.LastPosition);
    }

    private Ends? StateEnd(Episode episode, int index, BoundResolve.Alternative alternative, long held)
    {
        if (episode.Endings.Length == 0 || episode.Endings[index] is not { } ending) return null;
        var quiet = alternative.Quiet is { } length ? Micros(length) : 0;
        var (last, stamp) = Silence(episode);
        var from = alternative.Quiet is null ? long.MinValue / 2 : last + quiet;
        if (ending.FirstStretch(from, held) is not var (began, end)) return null;
        var due = began.Arrived && held == 0 ? began.Stamp : began.Stamp + held + Lateness;
        if (alternative.Quiet is not null) due = Math.Max(due, stamp + quiet + held + Lateness);
        return new Ends(new Instant(end), due, "condition", began.Position);
    }
}
