using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Actions;

/// <summary>What to send next out of a queue.</summary>
/// <param name="Entries">The entries that the message settles, oldest first; more than one only for an episode sent whole.</param>
/// <param name="Delivery">The message.</param>
public sealed record DeliveryPlan(ImmutableArray<OutboxEntry> Entries, Delivery Delivery)
{
    /// <summary>
    /// The oldest message of a queue goes first. A trigger that was never attempted and whose resolve is decided goes
    /// together with it; one that was attempted may have arrived, so it is sent again and its resolve after it.
    /// </summary>
    public static DeliveryPlan For(PendingQueue queue)
    {
        var head = queue.Entries[0];
        var end = head.Transition == TransitionKind.Firing ? EndOfEpisode(queue) : 0;
        if (end == 0) return new DeliveryPlan([head], Of(head, head.Payload, false));
        var last = queue.Entries[end];
        return new DeliveryPlan(
            [.. queue.Entries.AsSpan(0, end + 1)],
            Of(last, DeliveryPayload.FiredAndResolved(head.Payload, last.Payload), true));
    }

    /// <returns>Index of the resolve to send together with the trigger; 0 when there is none.</returns>
    private static int EndOfEpisode(PendingQueue queue)
    {
        var head = queue.Entries[0];
        for (var i = 1; i < queue.Entries.Length; i++)
        {
            var entry = queue.Entries[i];
            if (entry.Episode != head.Episode) return 0;
            if (entry.Transition != TransitionKind.Resolved) continue;

            // In order, a resolve is attempted while its trigger waits only if they were sent together: so again.
            return head.Attempts == 0 || entry.Attempts > 0 ? i : 0;
        }

        return 0;
    }

    private static Delivery Of(OutboxEntry entry, ReadOnlyMemory<byte> body, bool firedAndResolved) =>
        new(entry.DeliveryId, entry.Episode, entry.Transition, entry.Attempts + 1, body, firedAndResolved);
}
