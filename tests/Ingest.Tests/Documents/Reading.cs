using System.Text;
using Qualm.Ingest.Documents;
using Qualm.Ingest.Qmp;

namespace Qualm.Ingest.Tests.Documents;

/// <summary>Reads texts in tests.</summary>
internal static class Reading
{
    public static List<DocumentEntry> Read(string text, DocumentOptions? options = null, int chunk = int.MaxValue) =>
        Read(Encoding.UTF8.GetBytes(text), options, chunk);

    public static List<DocumentEntry> Read(byte[] bytes, DocumentOptions? options = null, int chunk = int.MaxValue) =>
        Rest(new(new Dripping(bytes, chunk), QmpCatalogue.Instance, options));

    public static List<DocumentEntry> Rest(DocumentReader reader) => reader.ReadAllAsync().ToBlockingEnumerable().ToList();

    public static IEnumerable<string> Names(this IEnumerable<DocumentEntry> entries) =>
        entries.OfType<DocumentEntry.Event>().Select(e => e.Value.Name);

    public static IEnumerable<string> Garbage(this IEnumerable<DocumentEntry> entries) =>
        entries.OfType<DocumentEntry.Garbage>().Select(g => Encoding.UTF8.GetString(g.Bytes.Span));

    /// <summary>One line an item, for comparing.</summary>
    public static string Print(this DocumentEntry entry) => entry switch
    {
        DocumentEntry.Event e => $"{e.Line} {e.Start}-{e.End} {e.Value.Name} {e.Vm} {Encoding.UTF8.GetString(e.Value.Raw.Span)}",
        DocumentEntry.Garbage g => $"{g.Line}:{g.Column} {g.Start}-{g.End} {g.Reason} {Convert.ToHexString(g.Bytes.Span)}",
        DocumentEntry.Skipped s => $"{s.Line} {s.Start}-{s.End} {s.Kind}",
        _ => throw new InvalidOperationException(),
    };
}
