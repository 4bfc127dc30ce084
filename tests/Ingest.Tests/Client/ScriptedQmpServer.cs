using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Qualm.Ingest.Tests.Client;

/// <summary>A QMP server on a real unix socket that does what a test says: greets, answers, plays lines, is silent, breaks off.</summary>
internal sealed class ScriptedQmpServer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _commands = [];
    private readonly SemaphoreSlim _ready = new(0);
    private Task? _accepting;
    private Socket? _client;
    private int _connections;

    public ScriptedQmpServer(string path)
    {
        Path = path;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(16);
    }

    public string Path { get; }

    public string Greeting { get; init; } =
        """{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian"}, "capabilities": ["oob"]}}""";

    /// <summary>Accepts and says nothing, as QEMU does to a second client.</summary>
    public bool Silent { get; set; }

    /// <summary>Answers to commands, a whole member each, e.g. <c>"return": {}</c>.</summary>
    public Dictionary<string, string> Answers { get; } = new()
    {
        ["qmp_capabilities"] = "\"return\": {}",
        ["query-name"] = """ "return": {"name": "alpha"} """,
        ["query-uuid"] = """ "return": {"UUID": "11111111-2222-3333-4444-555555555555"} """,
        ["query-status"] = """ "return": {"running": true, "status": "running"} """,
        ["query-version"] = """ "return": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian"} """,
    };

    /// <summary>Lines sent before the answer to a command.</summary>
    public Dictionary<string, string[]> Before { get; } = [];

    /// <summary>Most bytes written at once.</summary>
    public int Chunk { get; set; } = int.MaxValue;

    public bool Pretty { get; set; }

    public IReadOnlyCollection<string> Commands => _commands;

    public int Connections => Volatile.Read(ref _connections);

    public ScriptedQmpServer Start()
    {
        _accepting = Task.Run(AcceptAsync);
        return this;
    }

    /// <summary>Waits until a client has asked all its questions, once for each connection.</summary>
    public Task ServedAsync() => _ready.WaitAsync().InTime();

    public async Task PlayAsync(params string[] lines)
    {
        foreach (var line in lines) await SendAsync(line);
    }

    public async Task SendRawAsync(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var at = 0; at < bytes.Length; at += Math.Min(Chunk, bytes.Length - at))
        {
            await _client!.SendAsync(bytes.AsMemory(at, Math.Min(Chunk, bytes.Length - at)));
        }
    }

    /// <summary>Breaks the connection off, as a killed QEMU does.</summary>
    public void Drop() => _client?.Dispose();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        Drop();
        if (_accepting is not null) await _accepting.ContinueWith(_ => { }, TaskScheduler.Default).InTime();
        File.Delete(Path);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            _client = await _listener.AcceptAsync(_stop.Token);
            Interlocked.Increment(ref _connections);
            if (Silent) continue;
            try
            {
                await SendAsync(Greeting);
                await AnswerAsync(_client);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
            {
                // The client left or the test dropped it: the next one, please.
            }
        }
    }

    private async Task AnswerAsync(Socket client)
    {
        using var input = new StreamReader(new NetworkStream(client));
        while (await input.ReadLineAsync(_stop.Token) is { } line)
        {
            using var json = JsonDocument.Parse(line);
            var command = json.RootElement.GetProperty("execute").GetString()!;
            var id = json.RootElement.GetProperty("id").GetRawText();
            _commands.Enqueue(command);
            foreach (var before in Before.GetValueOrDefault(command) ?? []) await SendAsync(before);
            if (Answers.GetValueOrDefault(command) is not { } answer) continue;
            await SendAsync($$"""{ {{answer}}, "id": {{id}} }""");
            if (command == "query-version") _ready.Release();
        }
    }

    private Task SendAsync(string line)
    {
        if (Pretty)
        {
            using var json = JsonDocument.Parse(line);
            line = JsonSerializer.Serialize(json.RootElement, Indented).ReplaceLineEndings("\r\n");
        }

        return SendRawAsync(line + "\r\n");
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}
