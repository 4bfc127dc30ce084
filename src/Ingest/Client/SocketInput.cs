using System.Buffers;
using System.Net.Sockets;

namespace Qualm.Ingest.Client;

/// <summary>
/// What a socket has sent and nobody has taken yet, in one piece. Holds no memory while there is nothing, so that thousands
/// of silent monitors stay small. For one reader.
/// </summary>
internal sealed class SocketInput(Socket socket)
{
    private const int FewestBytes = 4096;
    private const int MostBytes = 64 * 1024;
    private const int LeastRoom = 2048;

    private byte[] _block = [];
    private int _start;
    private int _end;
    private bool _receiving;

    public bool IsEmpty => _start == _end;

    /// <summary>Valid until more is received.</summary>
    public ReadOnlySequence<byte> Bytes => new(_block, _start, _end - _start);

    /// <summary>Completes when something has come, or the end. To be called only while it is empty.</summary>
    public ValueTask<int> ComesAsync(CancellationToken cancellationToken)
    {
        Release();
        return socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellationToken);
    }

    /// <summary>Receives what there is. To be followed by <see cref="Received"/>, whatever comes of it.</summary>
    /// <returns>How many bytes; 0 at the end.</returns>
    public ValueTask<int> ReceiveAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        _receiving = true;
        return socket.ReceiveAsync(_block.AsMemory(_end), SocketFlags.None, cancellationToken);
    }

    /// <summary>Takes in what was received.</summary>
    public void Received(int bytes)
    {
        _receiving = false;
        _end += bytes;
    }

    /// <summary>Forgets all but the last so many bytes.</summary>
    public void Keep(long bytes) => _start = _end - (int)bytes;

    /// <summary>Lets go of the memory, unless the kernel may still write into it.</summary>
    public void Release()
    {
        if (_receiving) return;
        if (_block.Length > 0) ArrayPool<byte>.Shared.Return(_block);
        (_block, _start, _end) = ([], 0, 0);
    }

    // What is left of a message goes to the front, of a larger block if it fills more than half of this one.
    private void MakeRoom()
    {
        if (_block.Length - _end >= LeastRoom) return;
        var left = _end - _start;
        var block = left <= _block.Length / 2 && _block.Length > 0 ? _block : ArrayPool<byte>.Shared.Rent(Math.Max(2 * _block.Length, Math.Clamp(socket.Available, FewestBytes, MostBytes)));
        _block.AsSpan(_start, left).CopyTo(block);
        if (block != _block && _block.Length > 0) ArrayPool<byte>.Shared.Return(_block);
        (_block, _start, _end) = (block, 0, left);
    }
}
