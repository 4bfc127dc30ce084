using Npgsql;

namespace Qualm.Store.Reading;

/// <summary>Some events in the order asked for. Valid until the next one is asked for: rows and bytes are used again.</summary>
public sealed class LogBatch
{
    /// <summary>Bytes asked for at a time.</summary>
    private const int Bytes = 256 * 1024;

    private LogRow[] _rows = new LogRow[1024];
    private byte[] _bytes = new byte[Bytes];
    private int _filled;
    private int _used;

    public int Count { get; private set; }

    public ReadOnlySpan<LogRow> Rows => _rows.AsSpan(0, Count);

    public ref readonly LogRow this[int index] => ref Rows[index];

    /// <summary>Bytes of a row that is not all there.</summary>
    internal ReadOnlyMemory<byte> Rest => _bytes.AsMemory(_used, _filled - _used);

    /// <summary>Begins anew, with the part of a row that another batch, or this one, has left over.</summary>
    internal void StartWith(ReadOnlyMemory<byte> rest)
    {
        var size = _bytes.Length;
        while (rest.Length > size / 2) size *= 2;
        var bytes = size == _bytes.Length ? _bytes : new byte[size];
        rest.Span.CopyTo(bytes);
        _bytes = bytes;
        (_filled, _used, Count) = (rest.Length, 0, 0);
    }

    /// <summary>Reads until three quarters are filled.</summary>
    /// <returns>False when nothing comes any more.</returns>
    internal bool Fill(NpgsqlRawCopyStream stream)
    {
        var enough = _bytes.Length / 4 * 3;
        while (_filled < enough)
        {
            var read = stream.Read(_bytes.AsSpan(_filled));
            if (read == 0) return false;
            _filled += read;
        }

        return true;
    }

    /// <param name="begun">Whether the header of the COPY lies behind.</param>
    /// <returns>Whether the end of the COPY was met.</returns>
    internal bool Decode(LogDecoder decoder, in LogQuery query, ref bool begun)
    {
        if (!begun)
        {
            if (LogDecoder.HeaderLength(_bytes.AsSpan(0, _filled)) is not { } header) return false;
            _used = header;
            begun = true;
        }

        while (decoder.TryDecode(_bytes.AsMemory(_used, _filled - _used), out var row, out var used))
        {
            if (used == 0) return true;
            _used += used;
            if (query.Wants(row)) Add(row);
        }

        return false;
    }

    private void Add(in LogRow row)
    {
        if (Count == _rows.Length) Array.Resize(ref _rows, Count * 2);
        _rows[Count++] = row;
    }
}
