using System.Runtime.CompilerServices;
using Qualm.Ingest.Documents;
using Qualm.Ingest.Qmp;

namespace Qualm.Ingest.Sources;

/// <summary>A whole file of events, or the standard input, from its start to its end. What cannot be decoded is yielded as garbage with its place.</summary>
public sealed class FileSource : IEventSource
{
    private readonly Func<Stream> _open;
    private readonly FileNaming _naming;

    /// <param name="path">A file that stays as it is while it is read.</param>
    public FileSource(string path, FileNaming naming)
    {
        var full = Path.GetFullPath(path);
        Name = "file:" + full;
        _naming = naming.For(full);
        _open = () => new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
    }

    /// <param name="input">Read once; becomes the source's own.</param>
    /// <param name="name">What it is, for people, e.g. <c>stdin</c>.</param>
    public FileSource(Stream input, string name, FileNaming naming)
    {
        Name = name;
        _naming = naming.For(null);
        _open = () => input;
    }

    public string Name { get; }

    /// <summary>Messages passed over that are sound QMP but no events: greetings, replies, commands.</summary>
    public long Skipped { get; private set; }

    public async IAsyncEnumerable<SourceItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = _open();
        var reader = new DocumentReader(stream, QmpCatalogue.Instance);
        var origins = new OriginTable(Name, Name, 1, _naming);
        var occurrences = new Occurrences();
        long ordinal = 0;
        Skipped = 0;
        await foreach (var entry in reader.ReadAllAsync(cancellationToken))
        {
            switch (entry)
            {
                case DocumentEntry.Event e:
                    var origin = origins.Of(e.Vm, e.Host);
                    yield return new SourceItem.Event(new(e.Value, origin, occurrences.Next(origin.Vm, e.Value.Raw.Span), ++ordinal));
                    break;
                case DocumentEntry.Garbage g:
                    var id = EventIds.OfGarbage(Name, g.Line, g.Column, g.Bytes.Span);
                    yield return new SourceItem.Garbage(new(Name, g.Line, g.Column, g.Reason, g.Bytes, id));
                    break;
                default:
                    Skipped++;
                    break;
            }
        }
    }
}
