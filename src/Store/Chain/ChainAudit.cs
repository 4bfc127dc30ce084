using Qualm.Model;
using Qualm.Store.Reading;
using Qualm.Store.Writing;

namespace Qualm.Store.Chain;

/// <summary>
/// Holds the whole log against the chain, beside a writer or without one; writes nothing. What is committed while it runs counts as there, and
/// is not looked at itself.
/// </summary>
/// <param name="found">Told of everything that is wrong, as it is found.</param>
public sealed class ChainAudit(StoreHost host, Action<Finding> found)
{
    /// <summary>Rows held in memory at a time.</summary>
    private const int PageRows = 10_000;

    private const int PageLinks = 2000;

    /// <summary>Stretches of the log outside the chain that are short enough to be read many at once.</summary>
    private const long Short = 1000;

    private readonly ChainReader _chain = new(host);
    private readonly WholeRows _rows = new(host);
    private readonly HeadersReader _headers = new();
    private readonly PositionSet _linked = new();
    private readonly Dictionary<string, ForeignStream> _foreign = new(StringComparer.Ordinal);
    private readonly List<Finding> _unlinked = [];
    private Link? _first;
    private Link? _last;
    private Link? _state;
    private long _links;
    private long _events;
    private long _missing;
    private bool _begins = true;

    /// <param name="noted">A head that must be in the chain; null for none.</param>
    /// <param name="reached">Told now and then how many links of how many were checked.</param>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public async Task<ChainReport> RunAsync(ChainHead? noted, Action<long, long> reached, CancellationToken cancellationToken)
    {
        var exists = await _chain.ExistsAsync(cancellationToken);
        var (progress, head) = await _chain.FindHeadAsync(exists, cancellationToken);
        if (!exists)
        {
            found(new Finding(FindingKind.LinkRemoved, "the table of the chain is gone: nothing can be proved"));
            return new ChainReport(progress, null, 0, 0, null, Position.None, _foreign);
        }

        await CheckLinksAsync(noted, head ?? -1, reached, cancellationToken);
        CheckProgress(progress);
        if (noted is not null && noted.Link > (head ?? -1))
            found(new Finding(FindingKind.Head, $"the head noted, {noted}, is not in the chain, which ends with link {head ?? -1}: its end was cut off, or this is another store") { Link = noted.Link });
        await CheckRestAsync(head ?? -1, cancellationToken);
        return new ChainReport(
            progress, _last is null ? null : new ChainHead(_last.Number, Convert.ToHexStringLower(_last.Hash)), _links, _events,
            _first is null ? null : _first.State.Turn + 1, new Position(_first?.Before ?? 0), _foreign);
    }

    private async Task CheckLinksAsync(ChainHead? noted, long head, Action<long, long> reached, CancellationToken cancellationToken)
    {
        var page = new LinkPage(found);
        byte[] before = [];
        byte[] computed = [];
        long expected = 0;
        await foreach (var link in _chain.ReadAsync(-1, head, cancellationToken))
        {
            var known = link.Number == expected;
            if (!known) LinksMissing(expected, link.Number - 1);
            else if (link.Number == 0 && link.Kind != LinkKinds.Start) BegunAnew();
            var hash = known ? link.HashBehind(before) : link.Hash;

            // Where only the hash of the link before was changed, this one tells what it was.
            var sound = hash.AsSpan().SequenceEqual(link.Hash) || link.HashBehind(computed).AsSpan().SequenceEqual(link.Hash);
            if (noted is not null && noted.Link == link.Number && noted.Hash != Convert.ToHexStringLower(link.Hash))
                found(new Finding(FindingKind.Head, $"the head noted, {noted}, is not in the chain: link {link.Number} has another hash; the chain was written anew, or this is another store") { Link = link.Number });
            Take(link, page, sound);
            (before, computed, expected) = (link.Hash, known ? link.HashBehind(before) : link.Hash, link.Number + 1);
            if (page.Count < PageRows && _links % PageLinks != 0) continue;
            await page.CheckAsync(_rows, cancellationToken);
            reached(link.Number, head);
        }

        await page.CheckAsync(_rows, cancellationToken);
        if (_links == 0) found(new Finding(FindingKind.LinkRemoved, "the chain is empty: nothing can be proved"));
    }

    private void Take(Link link, LinkPage page, bool sound)
    {
        _links++;
        _last = link;
        if (link.Number == 0 && link.Kind == LinkKinds.Start) _first = link;
        if (link.HasState) _state = link;
        if (_first?.Before is > 0 and var last && _begins) _linked.Add(1, last);
        _begins = false;
        var spans = link.Spans();
        if (spans.Count == 0 && link.RowCount > 0) _missing++;
        foreach (var (first, end) in spans) _linked.Add(first, end);
        foreach (var position in link.Tombstones().Where(p => p > 0)) _linked.Add(position, position);
        _events += spans.Sum(s => s.Last - s.First + 1);
        page.Add(link, spans, sound);
    }

    private void LinksMissing(long first, long last)
    {
        _missing += last - first + 1;
        var which = first == last ? FormattableString.Invariant($"link {first} is") : FormattableString.Invariant($"links {first} to {last} are");
        found(new Finding(FindingKind.LinkRemoved, $"{which} gone from the chain") { Link = first });
    }

    private void BegunAnew()
    {
        _missing++;
        found(new Finding(FindingKind.LinkRemoved, "the chain does not begin with its start: it was emptied, and the engine went on") { Link = 0 });
    }

    private void CheckProgress(Progress? progress)
    {
        if (progress is null)
        {
            found(new Finding(FindingKind.Progress, "the row of the progress is gone"));
            return;
        }

        if (_state?.State is not { } linked) return;
        Compare("epoch", progress.Epoch, linked.Epoch);
        Compare("turn", progress.Turn, linked.Turn);
        Compare("position", progress.Position.Value, linked.Position.Value);
        Compare("clock", progress.Clock.Micros, linked.Clock.Micros);
        if (!progress.Digest.Span.SequenceEqual(linked.Digest.Span))
            found(new Finding(FindingKind.Progress, "the progress has another digest of decisions than the newest link") { Link = _state.Number });

        void Compare(string what, long is_, long was)
        {
            if (is_ == was) return;
            var cut = is_ > was ? ": the end of the chain was cut off, or the progress changed" : ": the progress was changed, or put back";
            found(new Finding(FindingKind.Progress, FormattableString.Invariant($"the progress has {what} {is_}, the newest link {was}{cut}")) { Link = _state.Number, Turn = linked.Turn });
        }
    }

    /// <summary>Everything that no link speaks of: foreign, or added.</summary>
    private async Task CheckRestAsync(long head, CancellationToken cancellationToken)
    {
        var many = new List<(long, long)>();
        foreach (var gap in _linked.Gaps().ToArray())
        {
            if (gap.Last - gap.First < Short)
            {
                many.Add(gap);
                if (many.Count == Short) await FlushAsync();
                continue;
            }

            await FlushAsync();
            var (next, read) = (gap.First, PageRows);
            while (read == PageRows) read = await _rows.VisitAsync([(next, gap.Last)], PageRows, (in WholeRow row) => Unlinked(row, ref next), cancellationToken);
        }

        await FlushAsync();
        if (_unlinked.Count > 0) await PassLaterAsync(head, cancellationToken);

        async Task FlushAsync()
        {
            var ignored = 0L;
            await _rows.VisitAsync(many, int.MaxValue, (in WholeRow row) => Unlinked(row, ref ignored), cancellationToken);
            many.Clear();
        }
    }

    private void Unlinked(in WholeRow row, ref long next)
    {
        next = row.Position + 1;
        var (stream, position) = (row.Stream, new Position(row.Position));
        if (_headers.Read(row.HeadersJson).Kind == RowKind.Foreign)
        {
            var known = _foreign.GetValueOrDefault(stream, new ForeignStream(0, position));
            _foreign[stream] = known with { Count = known.Count + 1 };
            return;
        }

        var why = _missing > 0 ? "no link speaks of it, and links are gone" : "no turn has written it";
        _unlinked.Add(new Finding(FindingKind.Added, $"the event {row.Type} of stream {stream} looks like one of Qualm's, but {why}") { Position = position, Stream = stream });
    }

    /// <summary>What was committed meanwhile has a link by now.</summary>
    private async Task PassLaterAsync(long head, CancellationToken cancellationToken)
    {
        var later = new PositionSet();
        await foreach (var link in _chain.ReadAsync(head, null, cancellationToken))
        {
            foreach (var (first, last) in link.Spans()) later.Add(first, last);
        }

        foreach (var finding in _unlinked.Where(f => !later.Contains(f.Position!.Value.Value))) found(finding);
    }
}
