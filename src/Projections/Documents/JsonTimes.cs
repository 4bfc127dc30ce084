using System.Text.Json;
using Qualm.Model;

namespace Qualm.Projections;

/// <summary>Times in documents: the epoch, which stands for "not yet" in the model, is null there.</summary>
internal static class JsonTimes
{
    public static void Time(this Utf8JsonWriter json, string name, Instant time)
    {
        if (time == Instant.Epoch)
        {
            json.WriteNull(name);
            return;
        }

        Span<byte> text = stackalloc byte[Instant.TextLength];
        Instant.Max(Instant.MinValue, Instant.Min(Instant.MaxValue, time)).TryFormat(text, out var length);
        json.WriteString(name, text[..length]);
    }

    /// <exception cref="JsonException">It is neither absent, null nor a time.</exception>
    public static Instant Time(this JsonElement from, string name)
    {
        if (!from.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return Instant.Epoch;
        if (value.ValueKind == JsonValueKind.String && Instant.TryParse(value.GetString()!, out var time)) return time;
        throw new JsonException($"'{name}' is not a time: {value}");
    }
}
