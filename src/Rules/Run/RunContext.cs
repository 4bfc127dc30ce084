using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>What all rules of a session share while they decide.</summary>
internal sealed class RunContext
{
    /// <summary>
    /// How far events of one key may be out of order beyond a rule's own reach and still find what they belong
    /// to: two trusted clocks are at most twice the allowed skew apart.
    /// </summary>
    public const long Slack = 120 * Instant.Second;

    public DeadlineQueue Deadlines { get; } = new();

    /// <summary>Stamp of the input being processed, or due time of the deadline being decided.</summary>
    public Instant Now { get; set; }

    /// <summary>Position of the event being processed; no event's while deadlines are decided.</summary>
    public long Position { get; set; } = long.MinValue;

    /// <summary>Number of the input or deadline being decided, counted since the session began to run.</summary>
    public long Step { get; set; }

    /// <summary>Copies of events that rules hold back.</summary>
    public RetainedEvents Retained { get; } = new();

    /// <summary>Null outside of calls that decide.</summary>
    public IDecisionSink? Sink { get; set; }

    /// <summary>Open episodes that end when their subject is gone.</summary>
    public int AwaitingGone { get; set; }

    /// <summary>Open episodes whose subject is gone, but not yet for long enough.</summary>
    public int Leaving { get; set; }

    /// <summary>Null when no rule needs another.</summary>
    public Agenda? Agenda { get; set; }

    /// <summary>Null when no alert mutes others.</summary>
    public Muting? Muting { get; set; }

    /// <summary>Writes down what is known between inputs.</summary>
    public void Save(StateSaver to)
    {
        to.Write(Now);
        to.Write(AwaitingGone);
        to.Write(Leaving);
        Deadlines.Save(to);
        Agenda?.Save(to);
        to.Write(Muting is not null);
        Muting?.Save(to);
    }

    /// <param name="runners">Of the same rules, in the order of the agenda.</param>
    public void Load(StateLoader from, RuleSet set, RuleRunner[] runners)
    {
        (Now, AwaitingGone, Leaving) = (from.Instant(), from.Int(), from.Int());
        Deadlines.Load(from, runners);
        Agenda?.Load(from);
        Muting = from.Bool() ? Muting ?? new Muting(set, null, []) : null;
        Muting?.Load(from);
    }

    /// <param name="texts">The decision's own.</param>
    /// <param name="vm">The VM it is about; null when it is about none.</param>
    public void Decide(in DecisionView decision, EpisodeTexts texts, VmState? vm)
    {
        if (Muting is { } muting) muting.Hold(decision, texts, vm);
        else Sink!.Decide(decision);
    }
}
