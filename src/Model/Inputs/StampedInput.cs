namespace Qualm.Model;

/// <summary>Something the engine must take in, in the order of its stamp. Only inputs have stamps; decisions have none.</summary>
/// <param name="Stamp">When it was received; strictly increasing.</param>
public abstract record StampedInput(Instant Stamp)
{
    /// <summary>An event of a VM, or one Qualm made about a monitor.</summary>
    /// <param name="At">Event time; the stamp where QEMU's time is absent or not trusted.</param>
    /// <param name="Weight">How many equal events it stands for, from 1.</param>
    public sealed record Event(Instant Stamp, ReceivedEvent Received, Instant At, EventMarks Marks, long Weight) : StampedInput(Stamp)
    {
        /// <summary>Event time of the first of them, by the same clock as <see cref="At"/>; null when it stands for itself alone.</summary>
        public Instant? First { get; init; }
    }

    /// <summary>What could not be decoded. Recorded apart; decides nothing.</summary>
    public sealed record Garbage(Instant Stamp, Quarantined Item) : StampedInput(Stamp);

    /// <summary>Time has passed. Need not be kept: it decides nothing that the next input would not.</summary>
    public sealed record Tick(Instant Stamp) : StampedInput(Stamp);

    /// <summary>A set of rules takes over.</summary>
    public sealed record Activation(Instant Stamp, RuleSetText Rules) : StampedInput(Stamp)
    {
        /// <summary>Recorded time from which its new and changed rules were fed with what came before; null when they begin empty.</summary>
        public Instant? WarmedFrom { get; init; }
    }

    /// <summary>An operator's command, left in the inbox by another process.</summary>
    /// <param name="Inbox">Its id there, where the turn that records it takes it out.</param>
    public sealed record Command(Instant Stamp, OperatorCommand What, long Inbox) : StampedInput(Stamp);
}
