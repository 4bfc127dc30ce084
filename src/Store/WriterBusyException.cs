namespace Qualm.Store;

/// <summary>Another engine is writing to this database. The message names it.</summary>
/// <param name="processId">The holder's backend in PostgreSQL; null when it went away while asked for.</param>
/// <param name="applicationName">What the holder calls itself; empty when unknown.</param>
public sealed class WriterBusyException(string message, int? processId, string applicationName) : StoreException(message)
{
    public int? ProcessId { get; } = processId;

    public string ApplicationName { get; } = applicationName;
}
