using System.Collections.Immutable;

namespace Qualm.Engine.Configuration;

/// <summary>One entry of <c>receivers</c>: who is told, and how. Secrets are already read from where the file pointed.</summary>
public abstract record ReceiverConfig(string Name)
{
    /// <summary>A line in the service's log.</summary>
    public sealed record Log(string Name) : ReceiverConfig(Name);

    /// <summary>A POST of JSON.</summary>
    /// <param name="Secret">Key of the HMAC signature; null: not signed.</param>
    public sealed record Webhook(string Name, Uri Url, string? Secret, TimeSpan Timeout, ImmutableDictionary<string, string> Headers) : ReceiverConfig(Name);
}
