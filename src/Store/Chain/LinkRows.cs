using System.Security.Cryptography;
using Qualm.Store.Writing;

namespace Qualm.Store.Chain;

/// <summary>What a link says of the rows of its turn, gathered while they are encoded. Reused; what it gives is valid until <see cref="Begin"/>.</summary>
internal sealed class LinkRows
{
    /// <summary>Bytes of prints that a link may have before their buffer is let go of.</summary>
    private const int MostKept = 256 * 1024;

    private readonly RowPrint _print = new();
    private readonly ByteBuffer _headers = new(512);
    private readonly ByteBuffer _runs = new(64);
    private readonly ByteBuffer _prints = new();
    private readonly byte[] _digest = new byte[SHA256.HashSizeInBytes];
    private readonly ByteBuffer _digests = new();
    private long _start;
    private long _count;

    /// <summary>A link without rows.</summary>
    internal static LinkRows None { get; } = new LinkRows().Begin().End();

    /// <summary>First position and count of every run of positions, 8 bytes each.</summary>
    internal ReadOnlyMemory<byte> Runs => _runs.Written;

    /// <summary>The first bytes of the row's digest, one after the other.</summary>
    internal ReadOnlyMemory<byte> Prints => _prints.Written;

    /// <summary>SHA-256 over the digests of all rows; empty when there is none.</summary>
    internal ReadOnlyMemory<byte> Digest { get; private set; }

    internal LinkRows Begin()
    {
        _runs.Clear();
        _prints.Shrink(MostKept);
        _digests.Shrink(MostKept * 4);
        _count = 0;
        return this;
    }

    /// <param name="stream">As stored.</param>
    /// <param name="position">In the log; <see cref="RowPrint.GivenOut"/> when the database gives it out, and puts it into the runs.</param>
    /// <param name="version">In the stream; <see cref="RowPrint.GivenOut"/> when the database gives it out.</param>
    internal void Add(in AppendRow row, long position, string stream, long version)
    {
        Span<byte> bytes = stackalloc byte[16];
        row.Id.TryWriteBytes(bytes, bigEndian: true, out _);
        _print.Begin(position, bytes, version, PgTime.ToWire(row.Recorded), archived: false);
        _print.Text(stream);
        _print.Text(StoredText.Type(row.Type));
        _print.Text(TurnSql.Tenant);
        _print.Text(StoredText.Clean(row.DotnetType ?? DotnetTypes.Of(row.Type)));
        _print.Text(row.CorrelationId is { } c ? StoredText.Clean(c) : null);
        _print.Text(row.CausationId is { } a ? StoredText.Clean(a) : null);
        _print.Json(row.Data.IsEmpty ? "{}"u8 : row.Data.Span);
        _headers.Clear();
        HeadersJson.Write(_headers, row.Headers with { HasRaw = !row.Raw.IsEmpty });
        _print.Json(_headers.Written.Span);
        _print.Null();
        if (row.Raw.IsEmpty) _print.Null();
        else _print.Bytes(row.Raw.Span);
        _print.End(_digest);
        Count(position);
    }

    internal LinkRows End()
    {
        if (_prints.Length == 0)
        {
            Digest = ReadOnlyMemory<byte>.Empty;
            return this;
        }

        EndRun();
        Digest = SHA256.HashData(_digests.Written.Span);
        return this;
    }

    private void Count(long position)
    {
        _digests.Bytes(_digest);
        _prints.Bytes(_digest.AsSpan(0, RowPrint.Length));
        if (_count > 0 && position == _start + _count)
        {
            _count++;
            return;
        }

        if (_count > 0) EndRun();
        (_start, _count) = (position, 1);
    }

    private void EndRun()
    {
        _runs.Int64(_start);
        _runs.Int64(_count);
    }
}
