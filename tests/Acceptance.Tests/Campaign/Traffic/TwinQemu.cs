using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign.Traffic;

/// <summary>A QEMU with two monitors, which sends each event to both. As long as one of them is read, nothing is lost.</summary>
internal sealed class TwinQemu(string vm, FakeQemu first, FakeQemu second) : IFakeMonitor
{
    /// <summary>A client that has been there for so long knows of the other.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly List<SentEvent> _sent = [];
    private readonly SemaphoreSlim _sending = new(1, 1);
    private List<FakeConnection> _last = [];
    private (FakeConnection? First, FakeConnection? Second) _seen;
    private long _since;
    private int _serial;

    public string Status
    {
        get => first.Status;
        set => (first.Status, second.Status) = (value, value);
    }

    public int Connections { get; private set; }

    public bool IsServed => first.IsServed && second.IsServed;

    /// <summary>Whether both have had their clients for a while. Ask again and again.</summary>
    public bool IsSteady
    {
        get
        {
            var now = (first.Served, second.Served);
            if (now != _seen || now is not (not null, not null)) (_seen, _since) = (now, Stopwatch.GetTimestamp());
            return now is (not null, not null) && Stopwatch.GetElapsedTime(_since) > Settled;
        }
    }

    public IReadOnlyList<SentEvent> Sent
    {
        get
        {
            lock (_lock) return [.. _sent];
        }
    }

    public async Task<SentEvent?> SendAsync(string name, JsonObject? data = null, DateTimeOffset? at = null)
    {
        await _sending.WaitAsync();
        try
        {
            List<FakeConnection> served = [.. new[] { first.Served, second.Served }.OfType<FakeConnection>()];
            if (served.Count == 0) return null;
            if (!served.Exists(_last.Contains))
            {
                // What only one is sent before the other speaks is before the monitor's connection, which nobody has promised to record.
                if (served.Count < 2) return null;
                (Connections, _serial) = (Connections + 1, 0);
            }

            var sent = new SentEvent(vm, Connections, ++_serial, name);
            lock (_lock) _sent.Add(sent);
            var bytes = Encoding.UTF8.GetBytes(FakeQemu.Event(name, data, sent, at ?? DateTimeOffset.UtcNow).ToJsonString() + "\r\n");
            _last = [];
            foreach (var connection in served)
            {
                if (await TryWriteAsync(connection, bytes)) _last.Add(connection);
            }

            return sent;
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Closes one of the two connections. Waits for what is being sent, since QEMU cuts no event in two.</summary>
    public async Task DropOneAsync(bool isFirst)
    {
        await _sending.WaitAsync();
        (isFirst ? first : second).Drop();
        _seen = default;
        _sending.Release();
    }

    public async ValueTask DisposeAsync()
    {
        await first.DisposeAsync();
        await second.DisposeAsync();
        _sending.Dispose();
    }

    private static async Task<bool> TryWriteAsync(FakeConnection connection, byte[] bytes)
    {
        try
        {
            await connection.WriteAsync(bytes);
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return false;
        }
    }
}
