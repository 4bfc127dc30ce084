using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Qualm.Ingest.Qmp;

namespace Qualm.Ingest.Client;

/// <summary>One connected socket that speaks QMP: whole messages in, commands out. Reads on the thread of whoever asks.</summary>
internal sealed class QmpConnection : IAsyncDisposable
{
    private const int MostGarbage = 64 * 1024;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly PipeReader _input;
    private readonly JsonFramer _framer;
    private ReadOnlySequence<byte> _buffer;
    private bool _reading;
    private bool _ended;
    private string? _aborted;

    // Bytes that had arrived when reading was cancelled and are still to be read; null before that.
    private long? _due;

    // Bytes of an unfinished message, which the next read gives once more.
    private long _left;

    public QmpConnection(Socket socket, int maxMessageBytes)
    {
        _socket = socket;
        _stream = new(socket, ownsSocket: true);

        // Waiting without a buffer keeps thousands of silent monitors small.
        _input = PipeReader.Create(_stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, minimumReadSize: 2048, useZeroByteReads: true));
        _framer = new(maxMessageBytes);
        PeerProcess = Client.PeerProcess.IdOf(socket);
        PeerAddress = AddressOf(socket);
    }

    /// <summary>Who is at the other end of a unix socket; null when unknown.</summary>
    public int? PeerProcess { get; }

    /// <summary>The other end's address; null for a unix socket, and when it has gone already.</summary>
    public string? PeerAddress { get; }

    /// <summary>Connects.</summary>
    /// <exception cref="MonitorLostException">Nobody listens, or not in time.</exception>
    public static async Task<QmpConnection> OpenAsync(
        QmpEndpoint endpoint, QmpClientOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var socket = endpoint.CreateSocket();
        try
        {
            using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            await socket.ConnectAsync(endpoint.Address, either.Token);
            return new(socket, options.MaxMessageBytes);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            var reason = e is SocketException s ? Explain(s) : $"not accepted within {options.ConnectTimeout.TotalSeconds} s: too many clients wait for this monitor";
            throw new MonitorLostException(reason, inner: e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The next message; completes at once when its bytes are already here. When it is cancelled, it first gives what had
    /// arrived by then: QEMU has sent it and will not send it again.
    /// </summary>
    /// <exception cref="MonitorLostException">The peer is gone, or what it sent is not QMP.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<QmpMessage> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_reading && TryTake() is { } message) return message;
            if (_ended) throw Ended();
            if (_reading)
            {
                _left = _buffer.Length;
                _input.AdvanceTo(_buffer.Start, _buffer.End);
                _reading = false;
            }

            try
            {
                if (cancellationToken.IsCancellationRequested && (_due ??= _socket.Available) <= 0) cancellationToken.ThrowIfCancellationRequested();
                var read = await _input.ReadAsync(_due is null ? cancellationToken : CancellationToken.None);
                _due -= read.Buffer.Length - _left;
                _buffer = read.Buffer;
                _ended = read.IsCompleted;
                _reading = true;
            }
            catch (OperationCanceledException) when (_due is null)
            {
                // Cancelled while waiting: look once more at what has arrived.
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                throw new MonitorLostException(_aborted ?? "the connection broke: " + e.Message, inner: e);
            }
        }
    }

    /// <param name="command">One JSON object and a line end.</param>
    /// <exception cref="MonitorLostException">The peer is gone.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        try
        {
            await _stream.WriteAsync(command, cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            throw new MonitorLostException(_aborted ?? "the connection broke: " + e.Message, inner: e);
        }
    }

    /// <summary>Closes the connection from another thread; reading then ends with this reason.</summary>
    public void Abort(string reason)
    {
        _aborted = reason;
        _socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _input.CompleteAsync();
        await _stream.DisposeAsync();
    }

    private static string? AddressOf(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint is IPEndPoint remote ? remote.Address.ToString() : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private QmpMessage? TryTake()
    {
        ReadOnlyMemory<byte> message = default;
        try
        {
            if (!_framer.TryRead(ref _buffer, out var frame)) return null;
            message = frame.ToArray();
            return QmpDecoder.Decode(message, QmpCatalogue.Instance);
        }
        catch (QmpProtocolException e)
        {
            var bytes = message.IsEmpty ? _buffer : new(message);
            throw new MonitorLostException("not QMP: " + e.Message, Garbage(bytes), e);
        }
    }

    private MonitorLostException Ended() => _framer.InFrame
        ? new("the connection was closed inside a message", Garbage(_buffer))
        : new(_aborted ?? "the connection was closed by the peer");

    // The line end of the message before is not part of it.
    private static ReadOnlyMemory<byte> Garbage(in ReadOnlySequence<byte> bytes) =>
        bytes.Slice(0, Math.Min(bytes.Length, MostGarbage)).ToArray().AsMemory().TrimStart(" \t\r\n"u8);

    private static string Explain(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "nobody listens there",
        SocketError.AddressNotAvailable => "no such socket",
        SocketError.AccessDenied => "permission denied: run as a user who may write to the socket",
        SocketError.WouldBlock or SocketError.TryAgain => "too many clients wait for this monitor",
        _ => e.Message,
    };
}
