using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Qualm.Ingest.Sources;

/// <summary>The lines of one open file from an offset on. Holds the handle, so that renaming or deleting the file changes nothing.</summary>
internal sealed class TailLines(SafeFileHandle file, TailPosition start, int maxLineBytes) : IDisposable
{
    private const int Chunk = 64 * 1024;

    private byte[] _buffer = new byte[Chunk];
    private int _from;
    private int _filled;
    private int _searched;
    private long _dropped;

    /// <summary>Behind the last line taken.</summary>
    public TailPosition Position { get; private set; } = start;

    /// <summary>Offset up to which the file was read; behind <see cref="Position"/> when a line is unfinished.</summary>
    public long ReadTo => Position.Offset + _dropped + (_filled - _from);

    public FileStatus? Status => FileStatus.Of(file);

    /// <summary>Reads on.</summary>
    /// <returns>False when there is nothing more for now.</returns>
    public bool Fill()
    {
        MakeRoom();
        var read = RandomAccess.Read(file, _buffer.AsSpan(_filled), ReadTo);
        _filled += read;
        return read > 0;
    }

    /// <summary>Takes the next whole line out of what was read.</summary>
    /// <param name="last">Nothing will follow: what is there is a line even without its end.</param>
    public bool TryTake(bool last, [NotNullWhen(true)] out TailLine? line)
    {
        line = null;
        var rest = _buffer.AsSpan(_from, _filled - _from);
        var end = rest[_searched..].IndexOf((byte)'\n');
        if (end < 0 && !(last && (rest.Length > 0 || _dropped > 0)))
        {
            _searched = rest.Length;
            return false;
        }

        var length = end < 0 ? rest.Length : _searched + end;
        var taken = end < 0 ? length : length + 1;
        var next = Position with { Offset = Position.Offset + _dropped + taken };
        line = new(Position, next.Offset, rest[..length].TrimEnd((byte)'\r').ToArray(), _dropped);
        Position = next;
        _from += taken;
        _searched = 0;
        _dropped = 0;
        return true;
    }

    /// <summary>The file was cut: begins again at its start.</summary>
    public void Rewind()
    {
        Position = Position with { Offset = 0 };
        _from = _filled = _searched = 0;
        _dropped = 0;
    }

    public void Dispose() => file.Dispose();

    private void MakeRoom()
    {
        if (_from > 0)
        {
            _buffer.AsSpan(_from, _filled - _from).CopyTo(_buffer);
            _filled -= _from;
            _from = 0;
        }

        if (_filled > maxLineBytes)
        {
            // Too long to be kept whole; its start is enough to say so.
            _dropped += _filled - Chunk;
            _filled = Chunk;
            _searched = Chunk;
        }

        if (_buffer.Length - _filled < Chunk / 2) Array.Resize(ref _buffer, _buffer.Length * 2);
        else if (_filled == 0 && _buffer.Length > Chunk) _buffer = new byte[Chunk];
    }
}
