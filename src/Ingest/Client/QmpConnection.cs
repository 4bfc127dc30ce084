using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Qualm.Ingest.Qmp;

namespace Qualm.Ingest.Client;

/// <summary>One connected socket that speaks QMP: whole messages in, commands out. Reads on the thread of whoever asks.</summary>
internal sealed class QmpConnection : IDisposable
{
    private const int MostGarbage = 64 * 1024;

    private readonly Socket _socket;
    private readonly SocketInput _input;
    private readonly JsonFramer _framer;
    private bool _ended;
    private string? _aborted;

    // Bytes that had arrived when reading was cancelled and are still to be read; null before that.
    private long? _due;

    public QmpConnection(Socket socket, int maxMessageBytes)
    {
        _socket = socket;
        _input = new(socket);
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
    public async ValueTask<QmpMessage> ReadAsync(CancellationToken cancellationToken)
    {
        var (message, lost) = await ReadAsync(eventsOnly: false, cancellationToken);
        return message ?? throw new MonitorLostException(lost!.Message, lost.Garbage, lost);
    }

    /// <summary>As <see cref="ReadAsync(CancellationToken)"/>, but passes over what is no event, and tells of the loss.</summary>
    public ValueTask<(QmpMessage? Event, MonitorLostException? Lost)> ReadEventAsync(CancellationToken cancellationToken) => ReadAsync(eventsOnly: true, cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(QmpMessage? Message, MonitorLostException? Lost)> ReadAsync(bool eventsOnly, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                while (!_input.IsEmpty && TryTake() is { } message)
                {
                    if (!eventsOnly || message is QmpMessage.Event) return (message, null);
                }

                if (_ended) return (null, Ended());
                if (cancellationToken.IsCancellationRequested && (_due ??= _socket.Available) <= 0) cancellationToken.ThrowIfCancellationRequested();
                var until = _due is null ? cancellationToken : CancellationToken.None;
                if (_input.IsEmpty) await _input.ComesAsync(until);
                var received = 0;
                try
                {
                    received = await _input.ReceiveAsync(until);
                }
                finally
                {
                    _input.Received(received);
                }

                _due -= received;
                _ended = received == 0;
            }
            catch (OperationCanceledException) when (_due is null)
            {
                // Cancelled while waiting: look once more at what has arrived.
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                return (null, new(_aborted ?? "the connection broke: " + e.Message, inner: e));
            }
            catch (MonitorLostException lost)
            {
                return (null, lost);
            }
        }
    }

    /// <param name="command">One JSON object and a line end.</param>
    /// <exception cref="MonitorLostException">The peer is gone.</exception>
    /// <remarks>The few commands there are, one at a time, fit into the socket's buffer: nobody waits, and nothing is kept for it.</remarks>
    public void Send(ReadOnlySpan<byte> command)
    {
        try
        {
            while (!command.IsEmpty) command = command[_socket.Send(command, SocketFlags.None)..];
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

    public void Dispose()
    {
        _input.Release();
        _socket.Dispose();
    }

    private static string? AddressOf(Socket socket)
    {
        try
        {
            return socket.AddressFamily != AddressFamily.Unix && socket.RemoteEndPoint is IPEndPoint remote ? remote.Address.ToString() : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private QmpMessage? TryTake()
    {
        var bytes = _input.Bytes;
        ReadOnlyMemory<byte> message = default;
        try
        {
            var whole = _framer.TryRead(ref bytes, out var frame);
            _input.Keep(bytes.Length);
            if (!whole) return null;
            message = frame.ToArray();
            return QmpDecoder.Decode(message, QmpCatalogue.Instance);
        }
        catch (QmpProtocolException e)
        {
            throw new MonitorLostException("not QMP: " + e.Message, Garbage(message.IsEmpty ? bytes : new(message)), e);
        }
    }

    private MonitorLostException Ended() => _framer.InFrame
        ? new("the connection was closed inside a message", Garbage(_input.Bytes))
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
