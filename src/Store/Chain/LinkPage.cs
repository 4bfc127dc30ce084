using System.Globalization;
using System.Security.Cryptography;
using Qualm.Model;
using Qualm.Store.Reading;

namespace Qualm.Store.Chain;

/// <summary>Some links, and the rows of the log held against what they say.</summary>
internal sealed class LinkPage(Action<Finding> found)
{
    /// <summary>Versions around the present one that are tried to tell whether nothing but the version was changed.</summary>
    private const int VersionsTried = 100;

    private readonly List<(Link Link, bool IsSound, int FirstDigest)> _links = [];
    private readonly List<Entry> _entries = [];
    private readonly RowPrint _print = new();
    private readonly HeadersReader _headers = new();
    private readonly List<(int Link, Finding Finding)> _doubts = [];
    private byte[] _digests = [];
    private bool[] _incomplete = [];
    private int _rows;
    private int _next;

    /// <summary>Rows that are to be read.</summary>
    internal int Count => _entries.Count;

    /// <param name="isSound">Whether the link's hash is that of its content.</param>
    internal void Add(Link link, IReadOnlyList<(long First, long Last)> spans, bool isSound)
    {
        var (index, row) = (_links.Count, 0);
        _links.Add((link, isSound, _rows));
        foreach (var (first, last) in spans)
        {
            for (var position = first; position <= last; position++) _entries.Add(new Entry(position, index, row++));
        }

        foreach (var position in link.Tombstones()) _entries.Add(new Entry(position, index, Entry.Tombstone));
        _rows += row;
    }

    /// <summary>Reads the rows and says what is wrong with them, in the order of the log as far as it is known.</summary>
    internal async Task CheckAsync(WholeRows rows, CancellationToken cancellationToken)
    {
        _entries.Sort();
        _digests = new byte[_rows * SHA256.HashSizeInBytes];
        _incomplete = new bool[_links.Count];
        _next = 0;
        await rows.VisitAsync(Spans(), int.MaxValue, Check, cancellationToken);
        while (_next < _entries.Count) Missing(_entries[_next++]);
        Judge();
        _links.Clear();
        _entries.Clear();
        _doubts.Clear();
        _rows = 0;
    }

    private List<(long First, long Last)> Spans()
    {
        var spans = new List<(long First, long Last)>();
        foreach (var entry in _entries)
        {
            if (spans.Count > 0 && entry.Position <= spans[^1].Last + 1) spans[^1] = (spans[^1].First, Math.Max(entry.Position, spans[^1].Last));
            else spans.Add((entry.Position, entry.Position));
        }

        return spans;
    }

    private void Check(in WholeRow row)
    {
        while (_next < _entries.Count && _entries[_next].Position < row.Position) Missing(_entries[_next++]);
        while (_next < _entries.Count && _entries[_next].Position == row.Position) Check(row, _entries[_next++]);
    }

    private void Check(in WholeRow row, in Entry entry)
    {
        var (link, _, first) = _links[entry.Link];
        if (entry.Row == Entry.Tombstone)
        {
            if (!row.IsTombstone(link.FilledAt)) Doubt(entry.Link, row, "the tombstone that stood for an unused number was changed");
            return;
        }

        var digest = _digests.AsSpan((first + entry.Row) * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes);
        var given = link.Version(entry.Row);
        row.Digest(_print, link.Printed(row.Position), given is null ? row.Version : RowPrint.GivenOut, WholeRow.Guess.None, digest);
        if (!digest.StartsWith(link.Print(entry.Row))) Doubt(entry.Link, row, Suspect(row, link, entry.Row, given));
        else if (given is { } version && version != row.Version) Doubt(entry.Link, row, FormattableString.Invariant($"its version was changed: it was written as {version} and is {row.Version}"));
    }

    private void Missing(in Entry entry)
    {
        var link = _links[entry.Link].Link;
        _incomplete[entry.Link] = true;
        var what = entry.Row == Entry.Tombstone ? "the tombstone that filled an unused number" : "an event that was written";
        found(new Finding(FindingKind.Removed, $"{what} is gone: {Where(link)}") { Position = new Position(entry.Position), Link = link.Number, Turn = TurnOf(link) });
    }

    private void Doubt(int link, in WholeRow row, string what) => _doubts.Add((link, new Finding(
        FindingKind.Altered, $"the event {row.Type} of stream {row.Stream} is not the one that was written: {what}")
    {
        Position = new Position(row.Position),
        Link = _links[link].Link.Number,
        Turn = TurnOf(_links[link].Link),
        Stream = row.Stream,
    }));

    /// <summary>A link whose own hash is wrong may itself be what was changed: the digest of all rows tells.</summary>
    private void Judge()
    {
        for (var i = 0; i < _links.Count; i++)
        {
            var (link, sound, first) = _links[i];
            var doubts = _doubts.Where(d => d.Link == i).Select(d => d.Finding).ToArray();
            var digests = _digests.AsSpan(first * SHA256.HashSizeInBytes, ((i + 1 < _links.Count ? _links[i + 1].FirstDigest : _rows) - first) * SHA256.HashSizeInBytes);
            var intact = link.RowCount == 0 || (!_incomplete[i] && digests.Length > 0 && SHA256.HashData(digests).AsSpan().SequenceEqual(link.Rows));
            if (!sound)
            {
                var rows = link.RowCount == 0 ? "" : intact ? "; its events are as they were written" : "; what its events were cannot be told for certain";
                found(new Finding(FindingKind.LinkAltered, $"the chain's own record was changed: {Where(link)}{rows}") { Link = link.Number, Turn = TurnOf(link) });
                if (intact && link.RowCount > 0) doubts = [.. doubts.Where(d => link.Tombstones().Contains(d.Position!.Value.Value))];
            }
            else if (!intact && !_incomplete[i] && doubts.Length == 0)
            {
                found(new Finding(FindingKind.Altered, $"an event is not the one that was written, with care taken to hide it: {Where(link)}") { Link = link.Number, Turn = TurnOf(link) });
            }

            foreach (var doubt in doubts) found(doubt);
        }
    }

    private string Suspect(in WholeRow row, Link link, int index, long? given)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        var version = given is null ? row.Version : RowPrint.GivenOut;
        foreach (var guess in (ReadOnlySpan<WholeRow.Guess>)[WholeRow.Guess.Archived, WholeRow.Guess.Tenant, WholeRow.Guess.DotnetType, WholeRow.Guess.Bdata])
        {
            row.Digest(_print, link.Printed(row.Position), version, guess, digest);
            if (!digest.StartsWith(link.Print(index))) continue;
            return guess switch
            {
                WholeRow.Guess.Archived => "is_archived was changed",
                WholeRow.Guess.Tenant => "tenant_id was changed",
                WholeRow.Guess.DotnetType => "mt_dotnet_type was changed",
                _ => "bdata was changed",
            };
        }

        for (var tried = Math.Max(1, version - VersionsTried); given is null && tried <= version + VersionsTried; tried++)
        {
            row.Digest(_print, link.Printed(row.Position), tried, WholeRow.Guess.None, digest);
            if (digest.StartsWith(link.Print(index))) return FormattableString.Invariant($"its version was changed: it was written as {tried} and is {row.Version}");
        }

        if (_headers.Read(row.HeadersJson).HasRaw && !row.HasRaw) return "the bytes as received are gone";
        if (!_headers.Read(row.HeadersJson).HasRaw && row.HasRaw) return "bytes as received were added, or its headers changed";
        return "one of its columns, or the bytes as received, was changed";
    }

    private static string Where(Link link) => link.Kind switch
    {
        LinkKinds.Turn or LinkKinds.Given => FormattableString.Invariant($"turn {link.State.Turn}, link {link.Number}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(link.Kind is LinkKinds.Import ? "a batch of an import" : link.Kind)}, link {link.Number}"),
    };

    private static long? TurnOf(Link link) => link.IsTurn ? link.State.Turn : null;

    /// <param name="Link">Index in the page.</param>
    /// <param name="Row">Place among the rows of the link, or <see cref="Tombstone"/>.</param>
    private readonly record struct Entry(long Position, int Link, int Row) : IComparable<Entry>
    {
        internal const int Tombstone = -1;

        public int CompareTo(Entry other) => Position.CompareTo(other.Position);
    }
}
