using System.Runtime.CompilerServices;
using Qualm.Ingest.Client;

namespace Qualm.Ingest.Sources;

/// <summary>A source that keeps what it has, and is not read on while a gate is closed.</summary>
public sealed class GatedSource(IEventSource source, MonitorGate gate) : IEventSource
{
    public string Name => source.Name;

    public async IAsyncEnumerable<SourceItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        await foreach (var item in source.ReadAsync(cancellationToken))
        {
            yield return item;
            if (!gate.IsOpen) await gate.WaitAsync(cancellationToken);
        }
    }
}
