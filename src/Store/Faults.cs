using Npgsql;
using Qualm.Store.Writing;

namespace Qualm.Store;

/// <summary>Sorts what Npgsql throws by its code into what a caller can do about it.</summary>
internal static class Faults
{
    /// <summary>Raised by every function that moves the progress when the epoch has moved on.</summary>
    internal const string FencedState = "QF001";

    /// <summary>Raised by <c>qualm_move_streams</c> when a stream is not at the version it was expected at.</summary>
    internal const string MovedState = "QV001";

    /// <summary>An index entry, a row or a value beyond what PostgreSQL can hold.</summary>
    private const string ProgramLimit = "54000";

    private const string VersionIndex = "pk_mt_events_stream_and_version";

    /// <summary>Another engine has taken over.</summary>
    internal static bool IsFenced(Exception fault) => fault is PostgresException { SqlState: FencedState };

    /// <summary>Somebody else appended to one of the streams: the same rows may be tried again at once.</summary>
    internal static bool IsMoved(Exception fault) =>
        fault is PostgresException { SqlState: MovedState }
        || (fault is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } unique && unique.ConstraintName == VersionIndex);

    /// <summary>Lost a race inside the database: the same transaction may be tried again at once.</summary>
    internal static bool IsContention(Exception fault) =>
        fault is PostgresException
        {
            SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.LockNotAvailable,
        };

    /// <summary>The rows themselves are at fault.</summary>
    internal static bool IsData(Exception fault) =>
        fault is PostgresException p
        && (p.SqlState.StartsWith("22", StringComparison.Ordinal) || p.SqlState.StartsWith("23", StringComparison.Ordinal) || p.SqlState == ProgramLimit);

    /// <summary>Whether the server may have been at work when the connection went, so that nobody knows what came of it.</summary>
    internal static bool IsConnectionLoss(Exception fault) => fault switch
    {
        PostgresException p => p.SqlState.StartsWith("57P", StringComparison.Ordinal) || p.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException or IOException or TimeoutException or ObjectDisposedException => true,
        _ => false,
    };

    /// <summary>Whether the server does not let us in, or has no such database.</summary>
    internal static bool IsRefusal(Exception? fault) =>
        fault is PostgresException p
        && (p.SqlState.StartsWith("28", StringComparison.Ordinal) || p.SqlState is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InsufficientPrivilege);

    /// <summary>
    /// Whether the database may take the same turn later: it is starting, stopping, full, read-only because a replica has its place, out of
    /// connections, told to cancel, or somebody must repair it or let us in again. Until then events go to the spool, which loses less than an end.
    /// </summary>
    internal static bool IsAway(PostgresException p) =>
        p.IsTransient || IsContention(p) || IsConnectionLoss(p) || IsRefusal(p)
        || p.SqlState is PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.ReadOnlySqlTransaction
        || p.SqlState.StartsWith("53", StringComparison.Ordinal)
        || p.SqlState.StartsWith("58", StringComparison.Ordinal)
        || p.SqlState.StartsWith("XX", StringComparison.Ordinal);

    internal static StoreException Translate(Exception fault, string doing, TurnOutcome outcome = TurnOutcome.NotCommitted) => fault switch
    {
        StoreException known => known,
        PostgresException { SqlState: FencedState } p => new FencedException($"{doing}: another engine has taken over this store", p),
        PostgresException p when IsData(p) => new TurnRefusedException(
            $"{doing}: PostgreSQL refuses the data: {p.MessageText}{Where(p)} ({p.SqlState})", p.SqlState, p),
        PostgresException p => new StoreUnavailableException(
            $"{doing}: {p.MessageText} ({p.SqlState})", IsAway(p), p, outcome),
        _ => new StoreUnavailableException($"{doing}: {fault.Message}", IsConnectionLoss(fault), fault, outcome),
    };

    private static string Where(PostgresException p) => p.ConstraintName is { } name ? $", constraint {name}" : "";
}
