using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Qualm.Actions;

/// <summary>
/// Proof that a message comes from Qualm and is fresh: <c>t=T,v1=HEX</c>, where T is the time of sending in seconds
/// since 1970 and HEX the HMAC-SHA256, under the shared secret, of T, a dot, and the body's bytes.
/// </summary>
public static class WebhookSignature
{
    /// <param name="unixSeconds">When it is sent.</param>
    public static string Of(Secret secret, long unixSeconds, ReadOnlySpan<byte> body)
    {
        var time = unixSeconds.ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret.Value));
        hmac.AppendData(Encoding.ASCII.GetBytes(time));
        hmac.AppendData("."u8);
        hmac.AppendData(body);
        return $"t={time},v1={Convert.ToHexStringLower(hmac.GetHashAndReset())}";
    }
}
