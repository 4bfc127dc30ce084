using Qualm.Engine.Cli;
using Qualm.Engine.Hosting;
using Qualm.Engine.Turns;
using Qualm.Ingest.Sources;
using Qualm.Model;
using Qualm.Projections;
using Qualm.Store;
using Qualm.Store.Documents;
using Qualm.Store.Importing;
using Qualm.Store.Reading;
using Qualm.Store.Writing;

namespace Qualm.Engine.Importing;

/// <summary>Appends foreign history to the store, as a timeline of its own, and brings its read models up to date.</summary>
internal sealed class Importer(StoreHost store, GarbageReport garbage)
{
    private const int BatchSize = 5000;

    /// <param name="files">Merged by event time.</param>
    public async Task<ImportCounts> RunAsync(IReadOnlyList<FileSource> files, CancellationToken cancellationToken)
    {
        var counts = default(ImportCounts);
        await using (var writer = await ImportWriter.OpenAsync(store, Guid.CreateVersion7(), cancellationToken))
        {
            var rows = new List<AppendRow>(BatchSize);
            var pieces = new List<(Quarantined, Instant)>();
            await foreach (var input in ForeignHistory.StampAsync([.. files.Select(f => f.ReadAsync(cancellationToken))], cancellationToken))
            {
                switch (input)
                {
                    case StampedInput.Event e:
                        rows.Add(Rows.Of(e, RowKind.Import));
                        break;
                    case StampedInput.Garbage { Item: var item } piece:
                        garbage.Add(item.Source.StartsWith("file:", StringComparison.Ordinal) ? item.Source[5..] : item.Source, item.Line, item.Column, item.Reason);
                        pieces.Add((item, Instant.Max(piece.Stamp, Instant.Epoch)));
                        break;
                }

                if (rows.Count + pieces.Count >= BatchSize) await AppendAsync();
            }

            await AppendAsync();

            async Task AppendAsync()
            {
                if (rows.Count + pieces.Count == 0) return;
                var result = await writer.AppendAsync(rows, pieces, cancellationToken);
                counts = new ImportCounts(
                    counts.Read + rows.Count, counts.Added + result.Added, counts.Known + result.Known, counts.Quarantined + pieces.Count);
                rows.Clear();
                pieces.Clear();
            }
        }

        await PublishAsync(cancellationToken);
        return counts;
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        var changed = new PublishedSet();
        var (_, checkpoint) = await FleetReader.ReadAsync(store, FleetReader.ImportedVms, LogKinds.Import, cancellationToken, changed);
        var documents = changed.Take().Where(d => !d.IsHost).Select(d => new Document(d.Id, d.Json)).ToArray();
        if (documents.Length > 0) await new DocumentStore(store).UpsertAsync(FleetReader.ImportedVms, documents, checkpoint, cancellationToken);
    }
}
