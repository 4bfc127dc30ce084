using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Qualm.Model;

namespace Qualm.Actions;

/// <summary>Which messages a decision asks for.</summary>
public static class Deliveries
{
    /// <summary>
    /// One for each of its receivers, which the rule chose for this kind of transition; none when it is silent,
    /// muted, or merely pending, or no alert at all. Pure: the same transition gives the same messages with the same ids.
    /// </summary>
    public static ImmutableArray<OutboxDraft> For(AlertTransition transition)
    {
        if (transition.Kind != ConclusionKind.Alert || transition.WithheldBy is not null) return [];
        if (transition.Silent || transition.Transition == TransitionKind.Pending || transition.Receivers.IsEmpty) return [];
        var alertId = transition.Id;
        var drafts = ImmutableArray.CreateBuilder<OutboxDraft>(transition.Receivers.Length);
        foreach (var receiver in transition.Receivers.Distinct(StringComparer.Ordinal))
        {
            var id = Id(receiver, transition);
            drafts.Add(new OutboxDraft(
                receiver,
                alertId,
                transition.Episode,
                transition.Transition,
                id,
                DeliveryPayload.ToUtf8(transition, alertId, id),
                transition.DecidedAt));
        }

        return drafts.ToImmutable();
    }

    private static string Id(string receiver, AlertTransition transition)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{receiver.Length}:{receiver}{transition.Episode}/{transition.Transition}/{transition.Severity}/{transition.At.Micros}/{transition.DecidedAt.Micros}{(transition.Reason == "unacknowledged" ? "/" + transition.Reason : "")}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
    }
}
