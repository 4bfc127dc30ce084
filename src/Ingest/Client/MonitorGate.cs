namespace Qualm.Ingest.Client;

/// <summary>Lets sources be read, or holds them off: while it is closed no connection is made, and those there are end. From any thread.</summary>
public sealed class MonitorGate
{
    private readonly Lock _lock = new();
    private readonly HashSet<Closing> _passed = [];
    private TaskCompletionSource? _closed;
    private string _reason = "";

    /// <summary>Open at first.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock) return _closed is null;
        }
    }

    /// <summary>Ends what has passed and lets nobody in. Does nothing while it is closed.</summary>
    /// <param name="reason">Why the connections end, for people and for the record.</param>
    /// <returns>How many were ended.</returns>
    public int Close(string reason)
    {
        Closing[] passed;
        lock (_lock)
        {
            if (_closed is not null) return 0;
            _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _reason = reason;
            passed = [.. _passed];
        }

        foreach (var closing in passed) closing.Tell(reason);
        return passed.Length;
    }

    /// <summary>Lets sources in again.</summary>
    public void Open()
    {
        TaskCompletionSource? closed;
        lock (_lock)
        {
            closed = _closed;
            _closed = null;
        }

        closed?.TrySetResult();
    }

    /// <summary>Waits until it is open.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task closed;
            lock (_lock)
            {
                if (_closed is null) return;
                closed = _closed.Task;
            }

            await closed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Has whoever passes told, once, when the gate closes; at once when it is closed.</summary>
    /// <returns>To be disposed when the connection is over.</returns>
    internal IDisposable Pass(Action<string> closed)
    {
        var closing = new Closing(this, closed);
        bool open;
        lock (_lock)
        {
            open = _closed is null;
            if (open) _passed.Add(closing);
        }

        if (!open) closed(_reason);
        return closing;
    }

    private sealed class Closing(MonitorGate gate, Action<string> closed) : IDisposable
    {
        public void Tell(string reason) => closed(reason);

        public void Dispose()
        {
            lock (gate._lock) gate._passed.Remove(this);
        }
    }
}
