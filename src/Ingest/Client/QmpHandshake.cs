using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Qualm.Ingest.Qmp;

namespace Qualm.Ingest.Client;

/// <summary>What is said before events flow: greeting, capabilities, and the questions who the VM is and how it does.</summary>
/// <remarks>One command at a time: events that come between are held, because nothing can be said of a VM without its name.</remarks>
internal sealed class QmpHandshake(QmpConnection connection, QmpClientOptions options, string source, TimeProvider time, ILogger logger)
{
    private const string NoUuid = "00000000-0000-0000-0000-000000000000";

    private readonly List<QmpMessage.Event> _held = [];
    private int _commands;

    /// <summary>Events that came before the end of the handshake, in order.</summary>
    public IReadOnlyList<QmpMessage.Event> Held => _held;

    /// <summary>How many of <see cref="Held"/> the VM's status already includes.</summary>
    public int BeforeStatus { get; private set; }

    /// <exception cref="MonitorLostException">The peer is gone, silent, or does not speak QMP.</exception>
    public async Task<MonitorFacts> RunAsync(CancellationToken cancellationToken)
    {
        var greeting = await GreetingAsync(cancellationToken);
        var facts = new MonitorFacts(greeting.Version, greeting.Package);
        if (await AskAsync("qmp_capabilities", cancellationToken) is not QmpMessage.Return)
            throw new MonitorLostException("qmp_capabilities was refused");

        facts = facts with { Name = Text(await AskAsync("query-name", cancellationToken), "name") ?? "" };
        var uuid = Text(await AskAsync("query-uuid", cancellationToken), "UUID") ?? "";
        facts = facts with { Uuid = uuid == NoUuid ? "" : uuid };
        var status = await AskAsync("query-status", cancellationToken);
        BeforeStatus = _held.Count;
        facts = facts with { Status = Text(status, "status") ?? "unknown", Running = Flag(status, "running") };
        return Version(await AskAsync("query-version", cancellationToken)) is { } version ? facts with { Version = version } : facts;
    }

    private async Task<QmpMessage.Greeting> GreetingAsync(CancellationToken cancellationToken)
    {
        var silence = $"no greeting within {options.GreetingTimeout.TotalSeconds} s: a monitor serves one client, and QEMU accepts "
            + "a second one without ever answering it; give Qualm a monitor of its own (-qmp once more)";
        var first = await ReadAsync(options.GreetingTimeout, silence, cancellationToken);
        return first as QmpMessage.Greeting ?? throw new MonitorLostException("no QMP greeting: the first message is something else");
    }

    internal static byte[] Command(string command, string id) => Encoding.ASCII.GetBytes($$"""{"execute":"{{command}}","id":"{{id}}"}""" + "\r\n");

    private async Task<QmpMessage?> AskAsync(string command, CancellationToken cancellationToken)
    {
        var id = "qualm-" + ++_commands;
        connection.Send(Command(command, id));
        using var timeout = new CancellationTokenSource(options.CommandTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var silence = $"no answer to {command} within {options.CommandTimeout.TotalSeconds} s";
        while (true)
        {
            switch (await ReadAsync(silence, either.Token, cancellationToken))
            {
                case QmpMessage.Return answer when answer.Id == id:
                    return answer;
                case QmpMessage.Error refusal when refusal.Id == id:
                    Log.CommandFailed(logger, source, command, refusal.Description);
                    return refusal;
                case QmpMessage.Event e:
                    Hold(e);
                    break;
            }
        }
    }

    private async ValueTask<QmpMessage> ReadAsync(TimeSpan patience, string silence, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        return await ReadAsync(silence, either.Token, cancellationToken);
    }

    private async ValueTask<QmpMessage> ReadAsync(string silence, CancellationToken patience, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.ReadAsync(patience);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MonitorLostException(silence, inner: e);
        }
    }

    private void Hold(QmpMessage.Event e)
    {
        if (_held.Count >= options.HeldEvents)
            throw new MonitorLostException($"{_held.Count} events came before the VM had said who it is");
        _held.Add(e);
    }

    /// <summary>A text member of an answer; null when it is no answer or has none.</summary>
    internal static string? Text(QmpMessage? answer, string member)
    {
        if (Member(answer, member) is not { ValueKind: JsonValueKind.String } text) return null;
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: sound JSON, but no name.
            return null;
        }
    }

    internal static bool Flag(QmpMessage? answer, string member) => Member(answer, member) is { ValueKind: JsonValueKind.True };

    private static JsonElement? Member(QmpMessage? answer, string member) =>
        answer is QmpMessage.Return { Value: { ValueKind: JsonValueKind.Object } value } && value.TryGetProperty(member, out var found) ? found : null;

    private static string? Version(QmpMessage? answer)
    {
        if (Member(answer, "qemu") is not { ValueKind: JsonValueKind.Object } qemu) return null;
        var parts = ((string[])["major", "minor", "micro"])
            .Select(part => qemu.TryGetProperty(part, out var number) && number.TryGetInt32(out _) ? number.GetRawText() : null)
            .ToList();
        return parts.Contains(null) ? null : string.Join('.', parts);
    }
}
