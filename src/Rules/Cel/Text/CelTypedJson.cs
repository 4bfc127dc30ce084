using System.Globalization;
using System.Text.Json;

namespace Qualm.Rules.Cel;

/// <summary>
/// Values of all kinds out of JSON: an object of one member named for a kind, as in <c>{"uint64Value": "7"}</c>, is that value; everything
/// else is what it looks like. The names are those of <c>cel.expr.Value</c> in JSON, with underscores too.
/// </summary>
/// <remarks>https://github.com/google/cel-spec/blob/master/proto/cel/expr/value.proto</remarks>
internal static class CelTypedJson
{
    /// <returns>Why there is no value; null when there is one.</returns>
    public static CelError? Read(JsonElement json, out CelValue value)
    {
        if (TryKind(json, out var kind, out var content)) return Typed(kind, content, out value);
        value = CelJson.Read(json);
        return null;
    }

    private static bool TryKind(JsonElement json, out string kind, out JsonElement content)
    {
        (kind, content) = ("", default);
        if (json.ValueKind != JsonValueKind.Object || json.GetPropertyCount() != 1) return false;
        var only = json.EnumerateObject().First();
        (kind, content) = (only.Name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant(), only.Value);
        return kind is "int64value" or "uint64value" or "doublevalue" or "boolvalue" or "stringvalue" or "bytesvalue" or "nullvalue" or "typevalue"
            or "timestampvalue" or "durationvalue" or "listvalue" or "mapvalue" or "objectvalue";
    }

    private static CelError? Typed(string kind, JsonElement content, out CelValue value)
    {
        var plain = content.ValueKind == JsonValueKind.Undefined ? CelValue.Null : CelJson.Read(content);
        value = CelValue.Null;
        return kind switch
        {
            "int64value" => CelConvert.ToInt(plain, out value),
            "uint64value" => CelConvert.ToUInt(plain, out value),
            "doublevalue" => CelConvert.ToDouble(plain, out value),
            "boolvalue" => CelConvert.ToBool(plain, out value),
            "stringvalue" when plain.Kind == CelKind.String => Is(plain, out value),
            "bytesvalue" => Bytes(content, out value),
            "nullvalue" => null,
            "typevalue" when plain.Kind == CelKind.String => Is(CelValue.OfType(plain.AsString), out value),
            "timestampvalue" => CelConvert.ToTimestamp(plain, out value),
            "durationvalue" => CelConvert.ToDuration(plain, out value),
            "listvalue" => List(content, out value),
            "mapvalue" => Map(content, out value),
            "objectvalue" => Object(content, out value),
            _ => Unreadable(kind),
        };
    }

    private static CelError? Bytes(JsonElement content, out CelValue value)
    {
        value = CelValue.Null;
        if (content.ValueKind != JsonValueKind.String || !content.TryGetBytesFromBase64(out var bytes)) return new CelError("bytes are written in base64");
        return Is(CelValue.OfBytes(bytes), out value);
    }

    private static CelError? List(JsonElement content, out CelValue value)
    {
        value = CelValue.Null;
        if (Members(content, "values") is not { } values) return Unreadable("listvalue");
        var items = new CelValue[values.Length];
        for (var i = 0; i < items.Length; i++)
        {
            if (Read(values[i], out items[i]) is { } error) return error;
        }

        return Is(CelValue.OfList(new CelList(items)), out value);
    }

    private static CelError? Map(JsonElement content, out CelValue value)
    {
        value = CelValue.Null;
        if (Members(content, "entries") is not { } entries) return Unreadable("mapvalue");
        var keys = new CelValue[entries.Length];
        var values = new CelValue[entries.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            if (entries[i].ValueKind != JsonValueKind.Object || !entries[i].TryGetProperty("key", out var k) || !entries[i].TryGetProperty("value", out var v)) return Unreadable("mapvalue");
            if ((Read(k, out keys[i]) ?? Read(v, out values[i])) is { } error) return error;
        }

        var repeated = CelMap.TryCreate(keys, values, lastWins: false, out var map);
        value = CelValue.OfMap(map);
        return repeated;
    }

    // Any of the well-known types that CEL has kinds for.
    private static CelError? Object(JsonElement content, out CelValue value)
    {
        value = CelValue.Null;
        if (content.ValueKind != JsonValueKind.Object || !content.TryGetProperty("@type", out var type) || !content.TryGetProperty("value", out var inner)) return Unreadable("objectvalue");
        var name = type.ValueKind == JsonValueKind.String ? type.GetString()! : "";
        var plain = CelJson.Read(inner);
        if (name.EndsWith("google.protobuf.Timestamp", StringComparison.Ordinal)) return CelConvert.ToTimestamp(plain, out value);
        return name.EndsWith("google.protobuf.Duration", StringComparison.Ordinal) ? CelConvert.ToDuration(plain, out value) : Unreadable($"objectvalue of {name}");
    }

    private static JsonElement[]? Members(JsonElement content, string name)
    {
        if (content.ValueKind != JsonValueKind.Object) return null;
        if (!content.TryGetProperty(name, out var all)) return [];
        return all.ValueKind == JsonValueKind.Array ? [.. all.EnumerateArray()] : null;
    }

    private static CelError? Is(CelValue known, out CelValue value)
    {
        value = known;
        return null;
    }

    private static CelError Unreadable(string kind) => new(string.Create(CultureInfo.InvariantCulture, $"not a {kind}"));
}
