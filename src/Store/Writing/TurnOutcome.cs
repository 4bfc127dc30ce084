namespace Qualm.Store.Writing;

/// <summary>What became of a turn.</summary>
public enum TurnOutcome
{
    NotCommitted,
    Committed,

    /// <summary>The connection was lost in the commit; <see cref="TurnWriter.ResumeAsync"/> finds out.</summary>
    Unknown,
}
