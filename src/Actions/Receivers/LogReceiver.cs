using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Qualm.Model;

namespace Qualm.Actions;

/// <summary>Writes every message as one structured line of the log; the message itself is in it as JSON.</summary>
public sealed class LogReceiver(string name, ILogger<LogReceiver> logger) : IReceiver
{
    public string Name => name;

    public Task<DeliveryOutcome> DeliverAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        using var message = JsonDocument.Parse(delivery.Body);
        Log.Page(
            logger,
            name,
            TransitionJson.Name(delivery.Transition),
            Text(message, "severity"),
            Text(message, "alert"),
            Text(message, "summary"),
            delivery.DedupKey,
            delivery.Id,
            Encoding.UTF8.GetString(delivery.Body.Span));
        return Task.FromResult<DeliveryOutcome>(new DeliveryOutcome.Delivered());
    }

    private static string Text(JsonDocument message, string member) =>
        message.RootElement.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
