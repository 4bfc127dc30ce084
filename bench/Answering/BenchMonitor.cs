using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Qualm.Model;

namespace Qualm.Bench.Answering;

/// <summary>A QMP server on a unix socket, in this process, that sends an event when it is told to.</summary>
internal sealed class BenchMonitor : IDisposable
{
    private const string Greeting = """{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}""";

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly TimeProvider _time;
    private Socket? _client;

    public BenchMonitor(string path, TimeProvider time)
    {
        _time = time;
        Path = path;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(1);
    }

    public string Path { get; }

    /// <summary>Greets the first client and answers it from then on. Ends with the connection.</summary>
    /// <param name="ready">Completed when the client has negotiated.</param>
    public async Task ServeAsync(TaskCompletionSource ready)
    {
        _client = await _listener.AcceptAsync();
        Send(Greeting);
        await using var stream = new NetworkStream(_client);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (await reader.ReadLineAsync() is { } line)
        {
            var command = JsonNode.Parse(line)!;
            var answer = new JsonObject { ["return"] = Answer((string?)command["execute"]) };
            if (command["id"] is { } id) answer["id"] = id.DeepClone();
            Send(answer.ToJsonString());
            if ((string?)command["execute"] == "query-status") ready.TrySetResult();
        }
    }

    /// <summary>Sends an event without data, its time being now.</summary>
    public void SendEvent(string name)
    {
        var micros = Instant.From(_time.GetUtcNow()).Micros;
        Send(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"timestamp": {"seconds": {{micros / Instant.Second}}, "microseconds": {{micros % Instant.Second}}}, "event": "{{name}}"}"""));
    }

    public void Dispose()
    {
        _client?.Dispose();
        _listener.Dispose();
    }

    private static JsonObject Answer(string? command) => command switch
    {
        "query-name" => new JsonObject { ["name"] = "vm-1" },
        "query-status" => new JsonObject { ["status"] = "running", ["singlestep"] = false, ["running"] = true },
        "query-version" => (JsonObject)JsonNode.Parse(Greeting)!["QMP"]!["version"]!.DeepClone(),
        "query-uuid" => new JsonObject { ["UUID"] = "00000000-0000-0000-0000-000000000000" },
        _ => [],
    };

    private void Send(string message) => _client!.Send(Encoding.UTF8.GetBytes(message + "\r\n"));
}
