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

    /// <summary>The server is there and does not let us in, or has no such database: cured by a person, and at a start most likely a mistake in the settings.</summary>
    public bool IsRefusal { get; } = Faults.IsRefusal(inner);

    /// <summary><see cref="TurnOutcome.Unknown"/> when the connection was lost in the commit and nobody could be asked.</summary>
    public TurnOutcome Outcome { get; } = outcome;
}
