using System.Buffers.Binary;
using System.Text;
using Qualm.Store.Writing;

namespace Qualm.Store.Chain;

/// <summary>A row of the log with every column, and the bytes as received, as PostgreSQL's binary COPY gives it.</summary>
internal readonly ref struct WholeRow
{
    /// <summary>In this order.</summary>
    internal const string Columns =
        "e.seq_id, e.id, e.version, e.timestamp, e.is_archived, e.stream_id, e.type, e.tenant_id, e.mt_dotnet_type, e.correlation_id, e.causation_id, e.data, e.headers, e.bdata, r.raw";

    private const int Count = 15;
    private const int FirstText = 5;
    private const int LastText = 10;
    private const int Data = 11;
    private const int Headers = 12;
    private const int LastBytes = 14;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly (int Start, int Length)[] _columns;

    private WholeRow(ReadOnlySpan<byte> bytes, (int, int)[] columns)
    {
        _bytes = bytes;
        _columns = columns;
    }

    internal long Position => BinaryPrimitives.ReadInt64BigEndian(Column(0));

    internal long Version => BinaryPrimitives.ReadInt64BigEndian(Column(2));

    /// <summary>Empty where there is none.</summary>
    internal string Stream => Encoding.UTF8.GetString(Column(5));

    internal string Type => Encoding.UTF8.GetString(Column(6));

    /// <summary>As JSON; empty for none.</summary>
    internal ReadOnlySpan<byte> HeadersJson => _columns[Headers].Length < 0 ? default : Column(Headers)[1..];

    internal bool HasRaw => _columns[LastBytes].Length >= 0;

    /// <summary>Cuts the row at the start of <paramref name="bytes"/>.</summary>
    /// <param name="columns">Reused for every row: as many as there are.</param>
    /// <param name="used">Its length; 0 at the end of the data.</param>
    internal static WholeRow Read(ReadOnlySpan<byte> bytes, (int Start, int Length)[] columns, out int used)
    {
        used = 0;
        if (BinaryPrimitives.ReadInt16BigEndian(bytes) != Count) return default;
        var at = 2;
        for (var i = 0; i < Count; i++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes[at..]);
            at += 4;
            columns[i] = (at, length);
            at += Math.Max(0, length);
        }

        used = at;
        return new WholeRow(bytes[..at], columns);
    }

    internal static (int, int)[] NewColumns() => new (int, int)[Count];

    /// <param name="position">What stands for the position in the digest.</param>
    /// <param name="version">What stands for the version.</param>
    /// <param name="guess">What a column may have been, to tell which one was changed; none for the row as it is.</param>
    internal void Digest(RowPrint print, long position, long version, Guess guess, Span<byte> digest)
    {
        bool? archived = guess == Guess.Archived ? false : _columns[4].Length < 0 ? null : Column(4)[0] != 0;
        print.Begin(position, Column(1), version, BinaryPrimitives.ReadInt64BigEndian(Column(3)), archived);
        for (var i = FirstText; i <= LastText; i++)
        {
            if (guess == Guess.Tenant && i == 7) print.Text(TurnSql.Tenant);
            else if (guess == Guess.DotnetType && i == 8) print.Text(DotnetTypes.Of(Type));
            else if (_columns[i].Length < 0) print.Null();
            else print.Bytes(Column(i));
        }

        for (var i = Data; i <= Headers; i++)
        {
            if (_columns[i].Length < 0) print.Null();
            else print.Json(Column(i)[1..]);
        }

        for (var i = Headers + 1; i <= LastBytes; i++)
        {
            if (_columns[i].Length < 0 || (guess == Guess.Bdata && i == Headers + 1)) print.Null();
            else print.Bytes(Column(i));
        }

        print.End(digest);
    }

    /// <summary>Whether it is the tombstone that Qualm writes at its position.</summary>
    internal bool IsTombstone(long? at)
    {
        Span<byte> id = stackalloc byte[16];
        id.Clear();
        BinaryPrimitives.WriteInt64BigEndian(id[8..], Position);
        return Column(1).SequenceEqual(id) && Version == Position && BinaryPrimitives.ReadInt64BigEndian(Column(3)) == at
            && _columns[4].Length == 1 && Column(4)[0] == 0 && Column(5).SequenceEqual(Encoding.UTF8.GetBytes(Model.StreamName.Tombstone)) && Column(6).SequenceEqual("tombstone"u8)
            && Column(7).SequenceEqual(Encoding.UTF8.GetBytes(TurnSql.Tenant)) && Column(8).SequenceEqual(Encoding.UTF8.GetBytes(DotnetTypes.Tombstone))
            && _columns[9].Length < 0 && _columns[10].Length < 0 && Column(Data)[1..].SequenceEqual("{}"u8)
            && _columns[Headers].Length < 0 && _columns[13].Length < 0 && _columns[14].Length < 0;
    }

    private ReadOnlySpan<byte> Column(int index) => _bytes.Slice(_columns[index].Start, Math.Max(0, _columns[index].Length));

    /// <summary>Columns whose original is known or likely.</summary>
    internal enum Guess
    {
        None,
        Archived,
        Tenant,
        DotnetType,
        Bdata,
    }
}
