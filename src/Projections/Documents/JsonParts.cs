using System.Text.Json;

namespace Qualm.Projections;

/// <summary>Reading of members that may be missing.</summary>
internal static class JsonParts
{
    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    public static string Text(this JsonElement from, string name, string otherwise = "") =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : otherwise;

    public static long Number(this JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : 0;

    public static bool Flag(this JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>The object of that name, an empty one when there is none.</summary>
    public static JsonElement Part(this JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : Nothing;
}
