using System.Globalization;
using System.Text;
using Qualm.Store.Reading;

namespace Qualm.Store.Chain;

/// <summary>Reads stretches of the log with every column.</summary>
internal sealed class WholeRows(StoreHost host)
{
    private const string Doing = "reading the log";
    private const int Chunk = 256 * 1024;

    private readonly (int, int)[] _columns = WholeRow.NewColumns();
    private byte[] _bytes = new byte[Chunk];

    internal delegate void Visitor(in WholeRow row);

    /// <summary>Visits the rows at positions in the stretches, in the order of the log.</summary>
    /// <param name="spans">Ascending and apart.</param>
    /// <param name="limit">How many at most.</param>
    /// <returns>How many there were.</returns>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    internal async Task<int> VisitAsync(IReadOnlyList<(long First, long Last)> spans, int limit, Visitor visit, CancellationToken cancellationToken)
    {
        if (spans.Count == 0) return 0;
        var length = await LoadAsync(spans, limit, cancellationToken);
        return Visit(_bytes.AsSpan(0, length), visit);
    }

    private int Visit(ReadOnlySpan<byte> bytes, Visitor visit)
    {
        if (LogDecoder.HeaderLength(bytes) is not { } at) throw new InvalidDataException("PostgreSQL did not send a binary COPY");
        for (var count = 0; ; count++)
        {
            var row = WholeRow.Read(bytes[at..], _columns, out var used);
            if (used == 0) return count;
            visit(row);
            at += used;
        }
    }

    private async Task<int> LoadAsync(IReadOnlyList<(long First, long Last)> spans, int limit, CancellationToken cancellationToken)
    {
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            copy (select {WholeRow.Columns} from {Stretches(spans)} left join {host.Tables.Own("raw")} r on r.position = e.seq_id
            {(spans.Count == 1 ? $"where e.seq_id between {spans[0].First} and {spans[0].Last}" : "")} order by e.seq_id limit {limit}) to stdout (format binary)
            """);
        await using var connection = await host.ConnectAsync(Doing, cancellationToken);
        try
        {
            await using var stream = await connection.BeginRawBinaryCopyAsync(sql, cancellationToken);
            var length = 0;
            while (true)
            {
                if (_bytes.Length - length < Chunk / 2) Array.Resize(ref _bytes, _bytes.Length * 2);
                var read = await stream.ReadAsync(_bytes.AsMemory(length), cancellationToken);
                if (read == 0) return length;
                length += read;
            }
        }
        catch (Exception fault) when (StoreQueries.IsFault(fault))
        {
            throw Faults.Translate(fault, Doing);
        }
    }

    // One stretch may be long: it is read along the index, and no further than the limit.
    private string Stretches(IReadOnlyList<(long First, long Last)> spans)
    {
        if (spans.Count == 1) return $"{host.Tables.Events} e";
        var values = new StringBuilder();
        foreach (var (first, last) in spans)
        {
            values.Append(values.Length == 0 ? "" : ", ").Append(CultureInfo.InvariantCulture, $"({first}::bigint, {last}::bigint)");
        }

        return $"(values {values}) as v(first, last) join {host.Tables.Events} e on e.seq_id between v.first and v.last";
    }
}
