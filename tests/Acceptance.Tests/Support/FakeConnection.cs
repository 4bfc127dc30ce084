using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Qualm.Acceptance.Tests.Support;

/// <summary>One client of a fake QEMU, from its greeting to its end.</summary>
internal sealed class FakeConnection(Socket socket, FakeStyle style, Func<string, JsonObject?> answer) : IDisposable
{
    private const string Greeting =
        """{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "fake"}, "capabilities": ["oob"]}}""";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>It has negotiated, and is sent events.</summary>
    public bool IsServed { get; private set; }

    /// <summary>Events sent.</summary>
    public int Serial { get; set; }

    /// <summary>Answers until the client leaves.</summary>
    public async Task ServeAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!style.Silent) await WriteAsync(JsonNode.Parse(Greeting)!);
            var wire = new QmpWire(_stream);
            while (await wire.ReadAsync(cancellationToken) is { } command)
            {
                if (!style.Silent) await AnswerAsync(command);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The client was killed, or this server ends.
        }

        IsServed = false;
    }

    public Task WriteAsync(JsonNode message) =>
        WriteAsync(Encoding.UTF8.GetBytes((style.Pretty ? message.ToJsonString(Indented).ReplaceLineEndings("\r\n") : message.ToJsonString()) + "\r\n"));

    /// <summary>Writes bytes as they are.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await _writing.WaitAsync();
        try
        {
            var step = style.Chunk == 0 ? bytes.Length : style.Chunk;
            for (var at = 0; at < bytes.Length; at += step) await _stream.WriteAsync(bytes.Slice(at, Math.Min(step, bytes.Length - at)));
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _writing.Dispose();
    }

    private async Task AnswerAsync(JsonObject command)
    {
        var name = (string?)command["execute"] ?? "";
        var reply = new JsonObject();
        if (answer(name) is { } value) reply["return"] = value;
        else reply["error"] = new JsonObject { ["class"] = "CommandNotFound", ["desc"] = $"The command {name} has not been found" };
        if (command["id"] is { } id) reply["id"] = id.DeepClone();
        await WriteAsync(reply);
        if (name == "qmp_capabilities") IsServed = true;
    }
}
