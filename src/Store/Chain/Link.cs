using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Qualm.Store.Writing;

namespace Qualm.Store.Chain;

/// <summary>One link of the chain as it was read.</summary>
/// <param name="Kind">See <see cref="LinkKinds"/>.</param>
/// <param name="State">The progress when it was written; zeroes for imports and fills.</param>
/// <param name="Versions">8 bytes a row, where the database gave them out; null where they went into the prints.</param>
/// <param name="Filled">Positions of tombstones, 8 bytes each.</param>
/// <param name="FilledAt">Their recorded time, as PostgreSQL holds it.</param>
internal sealed record Link(
    long Number, string Kind, Progress State, byte[] Runs, byte[] Prints, byte[] Rows, byte[]? Versions, byte[] Filled, long? FilledAt, byte[] Hash)
{
    internal const string Columns = "link, kind, epoch, turn, position, clock, digest, runs, prints, rows, versions, filled, timestamptz_send(filled_at), hash";

    private const int RunLength = 16;

    /// <summary>Whether it was written with the state of the progress.</summary>
    internal bool HasState => Kind is LinkKinds.Start or LinkKinds.Epoch || IsTurn;

    internal bool IsTurn => Kind is LinkKinds.Turn or LinkKinds.Given;

    /// <summary>What stands in the prints of its rows for a position.</summary>
    internal long Printed(long position) => Kind == LinkKinds.Given ? RowPrint.GivenOut : position;

    internal int RowCount => Prints.Length / RowPrint.Length;

    /// <summary>First and last position of each run of rows; empty when what stands there makes no sense.</summary>
    internal IReadOnlyList<(long First, long Last)> Spans()
    {
        var spans = new List<(long, long)>();
        if (Kind == LinkKinds.Start || Runs.Length % RunLength != 0 || Prints.Length % RowPrint.Length != 0) return spans;
        long sum = 0;
        for (var at = 0; at < Runs.Length; at += RunLength)
        {
            var (first, count) = (Int64(Runs, at), Int64(Runs, at + 8));
            if (first <= 0 || count <= 0 || count > RowCount || first > long.MaxValue - count) return [];
            sum += count;
            spans.Add((first, first + count - 1));
        }

        return sum == RowCount && (Versions is null || Versions.Length == sum * 8) ? spans : [];
    }

    /// <summary>Positions of its tombstones.</summary>
    internal IEnumerable<long> Tombstones()
    {
        for (var at = 0; at + 8 <= Filled.Length; at += 8) yield return Int64(Filled, at);
    }

    /// <summary>Highest position before the chain; of the first link only.</summary>
    internal long Before => Kind == LinkKinds.Start && Runs.Length == RunLength ? Int64(Runs, 8) : 0;

    internal ReadOnlySpan<byte> Print(int row) => Prints.AsSpan(row * RowPrint.Length, RowPrint.Length);

    /// <summary>Version of a row where the database gave it out; null where it went into the print.</summary>
    internal long? Version(int row) => Versions is null ? null : Int64(Versions, row * 8);

    /// <summary>The hash that a link with this content has behind <paramref name="before"/>.</summary>
    internal byte[] HashBehind(ReadOnlySpan<byte> before)
    {
        var bytes = new ByteBuffer(256 + Prints.Length);
        bytes.Bytes(before);
        bytes.Int64(Number);
        bytes.Bytes(Encoding.UTF8.GetBytes(Kind));
        bytes.Int64(State.Epoch);
        bytes.Int64(State.Turn);
        bytes.Int64(State.Position.Value);
        bytes.Int64(State.Clock.Micros);
        foreach (var part in (ReadOnlySpan<byte[]?>)[State.Digest.ToArray(), Runs, Prints, Rows, Versions, Filled])
        {
            bytes.Int32(part?.Length ?? -1);
            bytes.Bytes(part);
        }

        if (FilledAt is { } at) bytes.Int64(at);
        return SHA256.HashData(bytes.Written.Span);
    }

    private static long Int64(byte[] bytes, int at) => BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(at));
}
