using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Qualm.Model;

namespace Qualm.Actions.Tests;

internal static class Some
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly ImmutableArray<KeyPart> Key = [new("vm", "vm-1", true), new("node_name", "q0", true), new("slot", "7", false)];

    public static AlertTransition Transition(
        TransitionKind kind = TransitionKind.Firing, string alert = "QuorumChildCorrupt", int at = 0, int decidedAt = 1,
        string[]? receivers = null, bool silent = false, int episode = 0)
    {
        var opened = Instant.From(Start.AddSeconds(episode));
        return new AlertTransition(
            alert,
            Key,
            AlertId.Episode(alert, Key, opened),
            kind,
            Severity.Warning,
            Instant.From(Start.AddSeconds(at)),
            Instant.From(Start.AddSeconds(decidedAt)),
            "vm-1: child q0 returned bad data",
            ImmutableSortedDictionary<string, string>.Empty.Add("summary", "vm-1: child q0 returned bad data"),
            ImmutableSortedDictionary<string, string>.Empty.Add("team", "storage"),
            "https://runbooks.example/quorum",
            [1, 2, 3],
            "storage.yaml:5",
            kind == TransitionKind.Resolved ? "quiet" : null,
            [.. receivers ?? ["page"]],
            silent);
    }

    public static OutboxEntry Entry(long id, TransitionKind kind, int attempts = 0, int episode = 0, string alert = "A")
    {
        var draft = Deliveries.For(Transition(kind, alert, decidedAt: (int)id, episode: episode))[0];
        return new OutboxEntry(id, draft.Receiver, draft.AlertId, draft.Episode, kind, draft.DeliveryId, draft.Payload, draft.DecidedAt, attempts);
    }

    public static Delivery Delivery(string body = """{"alert":"A","severity":"warning","summary":"s"}""", int attempt = 1) =>
        new("d-1", "e-1", TransitionKind.Firing, attempt, Encoding.UTF8.GetBytes(body), false);

    public static ActionsMetrics Metrics() =>
        new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
}
