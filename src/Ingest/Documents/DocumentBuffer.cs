namespace Qualm.Ingest.Documents;

/// <summary>The stretch of a stream that is being read, and where in the file it lies. Slides; grows only for long items.</summary>
internal sealed class DocumentBuffer(Stream stream, long offset, long line)
{
    private const int FirstSize = 256 << 10;

    private byte[] _bytes = new byte[FirstSize];
    private int _start;
    private int _end;
    private long _lineStart = offset;

    /// <summary>What is not consumed yet.</summary>
    public ReadOnlySpan<byte> Rest => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Offset in the file of the first byte of <see cref="Rest"/>.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>Line of that byte, from 1.</summary>
    public long Line { get; private set; } = line;

    /// <summary>Its byte column, from 1.</summary>
    public long Column => Offset - _lineStart + 1;

    public ReadOnlyMemory<byte> Memory(int length) => _bytes.AsMemory(_start, length);

    /// <summary>A mark at the head of the file takes no column.</summary>
    public void DropMark(int length)
    {
        Consume(length);
        _lineStart = Offset;
    }

    public void Consume(int length)
    {
        var gone = _bytes.AsSpan(_start, length);
        var last = gone.LastIndexOf((byte)'\n');
        if (last >= 0)
        {
            Line += gone.Count((byte)'\n');
            _lineStart = Offset + last + 1;
        }

        _start += length;
        Offset += length;
    }

    /// <summary>Reads once. What was handed out before is overwritten.</summary>
    /// <returns>False at the end of the stream.</returns>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        var length = _end - _start;
        if (_start > 0) _bytes.AsSpan(_start, length).CopyTo(_bytes);
        _start = 0;
        _end = length;
        if (_bytes.Length - _end < FirstSize / 2) Array.Resize(ref _bytes, _bytes.Length * 2);
        var read = await stream.ReadAsync(_bytes.AsMemory(_end), cancellationToken);
        _end += read;
        return read > 0;
    }
}
