using System.Collections.Immutable;

namespace Qualm.Actions;

/// <summary>One receiver of the configuration, its references to secrets resolved.</summary>
/// <param name="Name">As rules name it; unique.</param>
public abstract record ReceiverConfig(string Name)
{
    /// <summary>What is wrong with it, a sentence each that starts with the key; empty when nothing is.</summary>
    public abstract ImmutableArray<string> Problems();

    /// <summary>A line in the log for every message.</summary>
    public sealed record Log(string Name) : ReceiverConfig(Name)
    {
        public override ImmutableArray<string> Problems() => [];
    }

    /// <summary>An HTTP POST for every message.</summary>
    /// <param name="Url">Absolute, http or https.</param>
    /// <param name="Secret">Key of the signature; null to send none.</param>
    /// <param name="Timeout">For the whole exchange; default 10 s, 100 ms to 5 min.</param>
    /// <param name="Headers">Sent with every message, e.g. <c>Authorization</c>; values are secrets.</param>
    public sealed record Webhook(
        string Name, Uri Url, Secret? Secret, TimeSpan? Timeout, ImmutableSortedDictionary<string, Secret> Headers) : ReceiverConfig(Name)
    {
        public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

        public override ImmutableArray<string> Problems()
        {
            var problems = ImmutableArray.CreateBuilder<string>();
            if (!Url.IsAbsoluteUri || (Url.Scheme != Uri.UriSchemeHttp && Url.Scheme != Uri.UriSchemeHttps))
            {
                problems.Add("url: must be an absolute http or https address");
            }

            if (Secret is { Value.Length: 0 }) problems.Add("secret: is empty; leave it out to send no signature");
            if (Timeout is { } timeout && (timeout < TimeSpan.FromMilliseconds(100) || timeout > TimeSpan.FromMinutes(5)))
            {
                problems.Add("timeout: must be from 100ms to 5m");
            }

            foreach (var (name, value) in Headers)
            {
                if (WebhookHeaders.Problem(name, value.Value) is { } problem) problems.Add($"headers.{name}: {problem}");
            }

            return problems.ToImmutable();
        }
    }
}
