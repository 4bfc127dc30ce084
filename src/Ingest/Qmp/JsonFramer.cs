using System.Buffers;

namespace Qualm.Ingest.Qmp;

/// <summary>
/// Cuts a stream of bytes into top-level JSON objects, whatever the line ends and however the bytes arrive. Looks at no byte
/// twice. Whether a frame is sound JSON is for the decoder to say. Not thread-safe; of no use after it has thrown.
/// </summary>
/// <param name="maxBytes">Longest frame accepted.</param>
/// <param name="maxDepth">Deepest nesting of brackets accepted.</param>
public sealed class JsonFramer(int maxBytes = JsonFramer.DefaultMaxBytes, int maxDepth = EventDecoder.MaxDepth)
{
    /// <summary>10 MiB: forty times the longest reply QEMU is known to send, its own schema.</summary>
    public const int DefaultMaxBytes = 10 << 20;

    private JsonScan _scan;
    private long _scanned;
    private long _before;

    /// <summary>Whether bytes of an unfinished frame were seen: a stream that ends now was cut short.</summary>
    public bool InFrame => _scanned > 0;

    /// <summary>Takes the next frame off the front of the buffer.</summary>
    /// <param name="buffer">
    /// All bytes since the last frame. On return without white space in front, and without the frame if there was one; what is
    /// left must be at the front of the next call's buffer.
    /// </param>
    /// <returns>False when the frame is not complete yet.</returns>
    /// <exception cref="QmpProtocolException">A frame is too long or too deep, or something stands between frames.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> frame)
    {
        frame = default;
        if (_scanned == 0 && !TryStart(ref buffer)) return false;

        foreach (var segment in buffer.Slice(_scanned))
        {
            var end = _scan.Advance(segment.Span);
            _scanned += end < 0 ? segment.Length : end;
            Check();
            if (end < 0) continue;
            frame = buffer.Slice(0, _scanned);
            buffer = buffer.Slice(_scanned);
            _before += _scanned;
            _scanned = 0;
            _scan = default;
            return true;
        }

        return false;
    }

    private bool TryStart(ref ReadOnlySequence<byte> buffer)
    {
        long space = 0;
        foreach (var segment in buffer)
        {
            var skip = segment.Span.IndexOfAnyExcept(" \t\r\n"u8);
            space += skip < 0 ? segment.Length : skip;
            if (skip < 0) continue;
            var first = segment.Span[skip];
            if (first == '{') break;
            throw new QmpProtocolException(
                $"'{{' expected, 0x{first:x2} found at byte {_before + space} of the stream: this is not QMP", _before + space);
        }

        buffer = buffer.Slice(space);
        _before += space;
        return !buffer.IsEmpty;
    }

    private void Check()
    {
        if (_scanned > maxBytes)
            throw new QmpProtocolException($"a message of {_scanned} bytes and more; the longest accepted is {maxBytes}", _before);
        if (_scan.Deepest > maxDepth)
            throw new QmpProtocolException($"a message nested deeper than {maxDepth} levels", _before);
    }
}
