using System.Buffers;
using System.Collections.Frozen;

namespace Qualm.Actions;

/// <summary>Names of the headers of a webhook message, and which headers a configuration may add.</summary>
public static class WebhookHeaders
{
    /// <summary>See <see cref="Actions.Delivery.Id"/>.</summary>
    public const string Delivery = "Qualm-Delivery";

    /// <summary>See <see cref="Actions.Delivery.DedupKey"/>.</summary>
    public const string DedupKey = "Qualm-Dedup-Key";

    /// <summary>See <see cref="Actions.Delivery.Attempt"/>.</summary>
    public const string Attempt = "Qualm-Attempt";

    /// <summary>See <see cref="WebhookSignature"/>.</summary>
    public const string Signature = "Qualm-Signature";

    /// <summary>The delivery's id, under the name that HTTP services look for.</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static readonly FrozenSet<string> Ours = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        Delivery, DedupKey, Attempt, Signature, IdempotencyKey, "Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "Host");

    internal static string? Problem(string name, string value)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(Token)) return "is not a header's name";
        if (Ours.Contains(name)) return "is set by Qualm itself";
        return value.AsSpan().ContainsAny('\r', '\n', '\0') ? "its value has a line break" : null;
    }
}
