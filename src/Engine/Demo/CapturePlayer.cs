using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Qualm.Engine.Demo;

/// <summary>
/// A QMP server on a unix socket that plays what a real QEMU once sent: its greeting, then its events with their spacing,
/// their times moved to now. It answers the questions a monitor asks at connect.
/// </summary>
internal sealed class CapturePlayer : IAsyncDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    private readonly Capture _capture;
    private readonly string _vm;
    private readonly string _socket;
    private readonly TimeSpan _delay;
    private readonly TimeProvider _time;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    /// <param name="delay">How long after the first connect the first event is sent.</param>
    public CapturePlayer(Capture capture, string vm, string socket, TimeSpan delay, TimeProvider time)
    {
        (_capture, _vm, _socket, _delay, _time) = (capture, vm, socket, delay, time);
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(socket));
        _listener.Listen(1);
        _serving = ServeAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        try
        {
            await _serving;
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // Ending a server ends its connection in one of these ways.
        }

        File.Delete(_socket);
        _stop.Dispose();
    }

    private async Task ServeAsync(CancellationToken cancellationToken)
    {
        var next = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            using var client = await _listener.AcceptAsync(cancellationToken);
            await using var stream = new NetworkStream(client);
            await SendAsync(stream, _capture.Greeting, cancellationToken);
            var negotiated = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var answering = AnswerAsync(stream, negotiated, cancellationToken);
            try
            {
                await negotiated.Task.WaitAsync(cancellationToken);
                next = await PlayAsync(stream, next, cancellationToken);
                await answering;
            }
            catch (IOException)
            {
                // The monitor left; the next one is served from where this one stopped.
            }
        }
    }

    private async Task<int> PlayAsync(NetworkStream stream, int next, CancellationToken cancellationToken)
    {
        if (next == 0) await Task.Delay(_delay, _time, cancellationToken);
        for (; next < _capture.Events.Count; next++)
        {
            var (_, name, data) = _capture.Events[next];
            var pause = next == 0 ? TimeSpan.Zero : _capture.Events[next].At - _capture.Events[next - 1].At;
            if (pause > TimeSpan.Zero) await Task.Delay(pause < LongestPause ? pause : LongestPause, _time, cancellationToken);
            await SendAsync(stream, Message(name, data), cancellationToken);
        }

        return next;
    }

    private string Message(string name, string? data)
    {
        var micros = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var time = $$"""{"seconds": {{micros / 1_000_000}}, "microseconds": {{micros % 1_000_000}}}""";
        var tail = data is null ? "" : $", \"data\": {data}";
        return $$"""{"timestamp": {{time}}, "event": "{{name}}"{{tail}}}""";
    }

    private async Task AnswerAsync(NetworkStream stream, TaskCompletionSource negotiated, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (JsonNode.Parse(line) is not JsonObject command) continue;
            var name = (string?)command["execute"] ?? "";
            var answer = new JsonObject();
            if (Answer(name) is { } value) answer["return"] = value;
            else answer["error"] = new JsonObject { ["class"] = "CommandNotFound", ["desc"] = $"The command {name} has not been found" };
            if (command["id"] is { } id) answer["id"] = id.DeepClone();
            await SendAsync(stream, answer.ToJsonString(JsonSerializerOptions.Default), cancellationToken);
            if (name == "qmp_capabilities") negotiated.TrySetResult();
        }
    }

    private JsonNode? Answer(string command) => command switch
    {
        "qmp_capabilities" => new JsonObject(),
        "query-name" => new JsonObject { ["name"] = _vm },
        "query-uuid" => new JsonObject { ["UUID"] = "00000000-0000-0000-0000-000000000000" },
        "query-status" => new JsonObject { ["status"] = "running", ["singlestep"] = false, ["running"] = true },
        "query-version" => JsonNode.Parse(_capture.Greeting)!["QMP"]!["version"]!.DeepClone(),
        _ => null,
    };

    // One write a message: a socket keeps the messages of its two senders whole.
    private static Task SendAsync(NetworkStream stream, string message, CancellationToken cancellationToken) =>
        stream.WriteAsync(Encoding.UTF8.GetBytes(message + "\r\n"), cancellationToken).AsTask();
}
