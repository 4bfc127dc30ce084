using System.Runtime.CompilerServices;
using Qualm.Ingest.Qmp;

namespace Qualm.Ingest.Documents;

/// <summary>Files read item by item into values of their own, for callers that keep them.</summary>
public static class DocumentEntries
{
    /// <summary>Reads on until the stream ends; when following, until there is nothing more for now.</summary>
    public static async IAsyncEnumerable<DocumentEntry> ReadAllAsync(
        this DocumentReader reader, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await reader.FillAsync(cancellationToken))
        {
            while (TryOwn(reader, out var entry)) yield return entry;
        }
    }

    /// <summary>The item, with bytes of its own.</summary>
    public static DocumentEntry Own(DocumentItem item)
    {
        switch (item.Kind)
        {
            case DocumentItemKind.Skipped:
                return new DocumentEntry.Skipped(item.Decoded.Kind, item.Line, item.Start, item.End);
            case DocumentItemKind.Garbage:
                return new DocumentEntry.Garbage(item.Line, item.Column, item.Reason!, item.Bytes.ToArray(), item.Start, item.End);
            default:
                var (value, vm, host) = QmpDecoder.Own(item.Bytes, item.Decoded, copy: true);
                return new DocumentEntry.Event(value, vm, host, item.Line, item.Start, item.End);
        }
    }

    private static bool TryOwn(DocumentReader reader, out DocumentEntry entry)
    {
        var found = reader.TryRead(out var item);
        entry = found ? Own(item) : null!;
        return found;
    }
}
