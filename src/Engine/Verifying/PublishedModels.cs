using System.Text;
using Qualm.Engine.Hosting;
using Qualm.Model;
using Qualm.Projections;
using Qualm.Store;
using Qualm.Store.Chain;
using Qualm.Store.Documents;

namespace Qualm.Engine.Verifying;

/// <summary>The published read models of one kind, read before the log was, to be held against the fleet as of their checkpoint.</summary>
internal sealed class PublishedModels
{
    private readonly string _alias;
    private readonly IReadOnlyList<Document> _documents;
    private readonly JsonComparer _json = new();

    private PublishedModels(string alias, IReadOnlyList<Document> documents, Checkpoint checkpoint) =>
        (_alias, _documents, Checkpoint) = (alias, documents, checkpoint);

    public Checkpoint Checkpoint { get; }

    public int Count => _documents.Count;

    public bool AreHosts => _alias == Publisher.Hosts;

    public static async Task<IReadOnlyList<PublishedModels>> ReadAsync(StoreHost store, CancellationToken cancellationToken)
    {
        var all = new List<PublishedModels>();
        foreach (var alias in (string[])[Publisher.Hosts, Publisher.Vms])
        {
            var (documents, checkpoint) = await new DocumentStore(store).ReadAsync(alias, cancellationToken);
            all.Add(new PublishedModels(alias, documents, checkpoint));
        }

        return [.. all.OrderBy(m => m.Checkpoint.Position)];
    }

    /// <param name="derived">The newest derived document of every VM and host, by whether it is a host's and its id.</param>
    public void Check(IReadOnlyDictionary<(bool IsHost, string Id), PublishedDocument> derived, Action<Finding> found)
    {
        var published = _documents.ToDictionary(d => d.Id, StringComparer.Ordinal);
        foreach (var document in _documents)
        {
            if (!derived.TryGetValue((AreHosts, document.Id), out var expected)) found(Finding(document.Id, "no event is known of it"));
            else if (!_json.AreEqual(document.Json.Span, expected.Json.Span))
                found(Finding(document.Id, $"published: {Encoding.UTF8.GetString(document.Json.Span)} derived: {Encoding.UTF8.GetString(expected.Json.Span)}"));
        }

        foreach (var lacking in derived.Values.Where(d => d.IsHost == AreHosts && !published.ContainsKey(d.Id)).OrderBy(d => d.Id, StringComparer.Ordinal))
        {
            found(Finding(lacking.Id, "it is not published"));
        }
    }

    private Finding Finding(string id, string what) =>
        new(FindingKind.ReadModel, $"the read model of {(AreHosts ? "host" : "VM")} {id} is not what the events up to position {Checkpoint.Position} say: {what}")
        {
            Stream = AreHosts ? StreamName.Host(id) : StreamName.Vm(id),
        };
}
