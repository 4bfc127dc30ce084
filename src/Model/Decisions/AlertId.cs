using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Qualm.Model;

/// <summary>Identities of alerts and episodes: the first 128 bits of SHA-256, in hex, of their parts with lengths.</summary>
public static class AlertId
{
    /// <summary>One rule and key have one alert, for ever.</summary>
    public static string Of(string rule, ImmutableArray<KeyPart> key) => Hash(rule, key, null);

    /// <param name="at">Event time at which the episode opened.</param>
    public static string Episode(string rule, ImmutableArray<KeyPart> key, Instant at) => Hash(rule, key, at);

    private static string Hash(string rule, ImmutableArray<KeyPart> key, Instant? at)
    {
        var text = new StringBuilder();
        Append(text, rule);
        foreach (var part in key)
        {
            Append(text, part.Name);
            Append(text, part.Value);
            text.Append(part.IsText ? 's' : 'v');
        }

        if (at is { } time) text.Append('@').Append(time.Micros);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }

    private static void Append(StringBuilder text, string part) => text.Append(part.Length).Append(':').Append(part);
}
