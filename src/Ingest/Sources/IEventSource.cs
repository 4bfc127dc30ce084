namespace Qualm.Ingest.Sources;

/// <summary>One stream of events: a monitor, a file, the standard input.</summary>
public interface IEventSource
{
    /// <summary>What it is, for people, unique in the engine: <c>unix:/run/qemu/a.sock</c>, <c>tail:/x.jsonl</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Reads until the source has ended, which a monitor or a growing file does only when it is gone. A fault of the
    /// source itself is an exception; whoever reads may call again, and the source goes on where it can.
    /// </summary>
    /// <param name="cancellationToken">Ends the reading; the enumeration then ends or throws <see cref="OperationCanceledException"/>.</param>
    IAsyncEnumerable<SourceItem> ReadAsync(CancellationToken cancellationToken);
}
