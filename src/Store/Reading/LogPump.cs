using System.Threading.Channels;
using Npgsql;

namespace Qualm.Store.Reading;

/// <summary>
/// Reads one COPY on a thread of its own and hands over decoded batches. Blocking reads cost a fraction of asynchronous ones, of which
/// Npgsql makes one a row, and the reading and decoding goes on while the last batch is being worked on.
/// </summary>
/// <param name="decoder">Used by nobody else meanwhile.</param>
/// <param name="batches">All there are: with three, one is worked on, one waits and one is being filled. Used by nobody else meanwhile.</param>
internal sealed class LogPump(StoreHost host, LogDecoder decoder, LogBatch[] batches, string sql, LogQuery query) : IAsyncDisposable
{
    private readonly Channel<LogBatch> _filled = Bounded(batches.Length);
    private readonly Channel<LogBatch> _free = Bounded(batches.Length);
    private Task _run = Task.CompletedTask;
    private NpgsqlConnection? _connection;
    private NpgsqlRawCopyStream? _stream;
    private volatile bool _stopped;

    /// <summary>Connects and begins to read.</summary>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        _connection = await host.ConnectAsync("reading the log", cancellationToken);
        foreach (var batch in batches) _free.Writer.TryWrite(batch);
        try
        {
            _stream = await _connection.BeginRawBinaryCopyAsync($"copy ({sql}) to stdout (format binary)", cancellationToken);
        }
        catch (Exception fault) when (StoreQueries.IsFault(fault))
        {
            throw Faults.Translate(fault, "reading the log");
        }

        _run = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <returns>Null at the end. The batch belongs to the caller until <see cref="GiveBack"/>.</returns>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    internal async ValueTask<LogBatch?> NextAsync(CancellationToken cancellationToken)
    {
        if (_filled.Reader.TryRead(out var ready)) return ready;
        if (await _filled.Reader.WaitToReadAsync(cancellationToken) && _filled.Reader.TryRead(out var batch)) return batch;
        return null;
    }

    internal void GiveBack(LogBatch batch) => _free.Writer.TryWrite(batch);

    /// <summary>Stops the reading where it is.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopped = true;
        _free.Writer.TryComplete();
        Cancel();
        await _run;
        if (_connection is not null) await _connection.DisposeAsync();
    }

    private static Channel<LogBatch> Bounded(int capacity) =>
        Channel.CreateBounded<LogBatch>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });

    private void Run()
    {
        try
        {
            using (_stream)
            {
                Read(_stream!);
            }

            _filled.Writer.TryComplete();
        }
        catch (Exception fault)
        {
            // Told to break off, the server says that it did; nobody listens any more.
            if (_stopped) _filled.Writer.TryComplete();
            else _filled.Writer.TryComplete(StoreQueries.IsFault(fault) ? Faults.Translate(fault, "reading the log") : fault);
        }
    }

    private void Read(NpgsqlRawCopyStream stream)
    {
        var (begun, ended) = (false, false);
        var rest = ReadOnlyMemory<byte>.Empty;
        LogBatch? batch = null;
        while (!ended)
        {
            batch ??= Take();
            if (batch is null || _stopped) return;
            batch.StartWith(rest);
            var broken = !batch.Fill(stream);
            ended = batch.Decode(decoder, query, ref begun);
            if (broken && !ended) throw new IOException("the server broke off in the middle");
            rest = batch.Rest;
            if (batch.Count == 0) continue;
            _filled.Writer.TryWrite(batch);
            batch = null;
        }

        // What the server still has to say after the last row, a fault perhaps.
        Span<byte> none = stackalloc byte[1];
        while (stream.Read(none) > 0)
        {
        }
    }

    /// <returns>Null when told to stop.</returns>
    private LogBatch? Take()
    {
        if (_free.Reader.TryRead(out var batch)) return batch;
        return _free.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult() && _free.Reader.TryRead(out batch) ? batch : null;
    }

    /// <summary>Has the server stop sending, rather than take in all that is left.</summary>
    private void Cancel()
    {
        if (_run.IsCompleted) return;
        try
        {
            _stream?.Cancel();
        }
        catch (Exception late) when (StoreQueries.IsFault(late) || late is ObjectDisposedException or InvalidOperationException or NullReferenceException)
        {
            // It ended by itself, or the database is away.
        }
    }
}
