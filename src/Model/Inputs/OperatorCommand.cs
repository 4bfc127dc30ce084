namespace Qualm.Model;

/// <summary>What an operator told the engine to do. An input like any other: recorded, and done again by a replay.</summary>
public abstract record OperatorCommand
{
    private OperatorCommand()
    {
    }

    /// <summary>Somebody has taken an alert: it is not paged again, and does not escalate, until it has resolved.</summary>
    /// <param name="Target">Id of the episode, or of the alert whose open episode is meant.</param>
    /// <param name="By">Who took it; may be empty.</param>
    /// <param name="Note">What they say about it; may be empty.</param>
    public sealed record Acknowledge(string Target, string By, string Note) : OperatorCommand;

    /// <summary>A command that this version does not know. Kept in quarantine.</summary>
    public sealed record NotUnderstood(Quarantined Item) : OperatorCommand;
}
