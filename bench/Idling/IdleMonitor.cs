using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Qualm.Bench.Idling;

/// <summary>A QMP server on a unix socket that greets whoever comes, answers what is asked, and says nothing else.</summary>
internal sealed class IdleMonitor : IDisposable
{
    private const string Greeting = """{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}""";

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _name;
    private readonly Guid _uuid;
    private Socket? _client;
    private volatile bool _ready;

    public IdleMonitor(string path, string name, Guid uuid)
    {
        (Path, _name, _uuid) = (path, name, uuid);

        // Moved into place: .NET would take the socket away with the listener, and a QEMU that dies leaves it.
        _listener.Bind(new UnixDomainSocketEndPoint(path + "~"));
        _listener.Listen(1);
        File.Move(path + "~", path);
    }

    public string Path { get; }

    public bool IsReady => _ready;

    public int Accepted { get; private set; }

    /// <summary>Serves one client after the other until it is disposed.</summary>
    public async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                _client = await _listener.AcceptAsync();
                Accepted++;
                await AnswerAsync(_client);
                _client.Dispose();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was closed.
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _client?.Dispose();
    }

    private async Task AnswerAsync(Socket client)
    {
        Send(client, Greeting);
        var buffer = new byte[512];
        var filled = 0;
        while (await client.ReceiveAsync(buffer.AsMemory(filled)) is > 0 and var received)
        {
            filled += received;
            while (buffer.AsSpan(0, filled).IndexOf((byte)'\n') is >= 0 and var end)
            {
                Answer(client, JsonNode.Parse(buffer.AsSpan(0, end))!);
                buffer.AsSpan(end + 1, filled - end - 1).CopyTo(buffer);
                filled -= end + 1;
            }
        }
    }

    private void Answer(Socket client, JsonNode command)
    {
        var what = (string?)command["execute"];
        var result = what switch
        {
            "query-name" => new JsonObject() { ["name"] = _name },
            "query-status" => new() { ["status"] = "running", ["singlestep"] = false, ["running"] = true },
            "query-version" => (JsonObject)JsonNode.Parse(Greeting)!["QMP"]!["version"]!.DeepClone(),
            "query-uuid" => new() { ["UUID"] = _uuid.ToString() },
            _ => new JsonObject(),
        };
        var answer = new JsonObject { ["return"] = result };
        if (command["id"] is { } id) answer["id"] = id.DeepClone();
        Send(client, answer.ToJsonString());
        if (what == "query-status") _ready = true;
    }

    private static void Send(Socket client, string message) => client.Send(Encoding.UTF8.GetBytes(message + "\r\n"));
}
