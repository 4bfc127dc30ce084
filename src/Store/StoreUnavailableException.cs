using Qualm.Store.Writing;

namespace Qualm.Store;

/// <summary>The database is missing, away, full or too busy.</summary>
/// <param name="isTransient">Whether trying again later may help without anybody doing anything.</param>
/// <param name="outcome">For a turn or an import: what is known of it.</param>
public sealed class StoreUnavailableException(
    string message, bool isTransient, Exception? inner = null, TurnOutcome outcome = TurnOutcome.NotCommitted)
    : StoreException(message, inner)
{
    public bool IsTransient { get; } = isTransient;

    /// <summary><see cref="TurnOutcome.Unknown"/> when the connection was lost in the commit and nobody could be asked.</summary>
    public TurnOutcome Outcome { get; } = outcome;
}
