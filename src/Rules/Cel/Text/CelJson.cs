using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Qualm.Rules.Cel;

/// <summary>Values to and from JSON.</summary>
public static class CelJson
{
    /// <summary>Deepest nesting read.</summary>
    internal const int MaxDepth = 64;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whole numbers become int, or uint above its range; numbers with a point or exponent become double.</summary>
    public static CelValue Read(JsonElement json) =>
        json.ValueKind != JsonValueKind.Undefined && TryRead(Encoding.UTF8.GetBytes(json.GetRawText()), out var value) ? value : CelValue.Null;

    /// <summary>
    /// One JSON object or value. Bytes become base64 text, times and durations their text, keys their text, and doubles keep a point or
    /// exponent, so that a reader can tell them from ints; those JSON has no number for become <c>"NaN"</c>, <c>"Infinity"</c>, <c>"-Infinity"</c>.
    /// </summary>
    public static void Write(Utf8JsonWriter json, CelValue value)
    {
        switch (value.Kind)
        {
            case CelKind.Null: json.WriteNullValue(); break;
            case CelKind.Bool: json.WriteBooleanValue(value.AsBool); break;
            case CelKind.Int: json.WriteNumberValue(value.AsInt); break;
            case CelKind.UInt: json.WriteNumberValue(value.AsUInt); break;
            case CelKind.Double when double.IsFinite(value.AsDouble): json.WriteRawValue(Number(value.AsDouble)); break;
            case CelKind.Double: json.WriteStringValue(value.AsDouble.ToString(CultureInfo.InvariantCulture)); break;
            case CelKind.Bytes: json.WriteBase64StringValue(value.AsBytes); break;
            case CelKind.List:
                json.WriteStartArray();
                foreach (var item in value.AsList.Items) Write(json, item);
                json.WriteEndArray();
                break;
            case CelKind.Map:
                var map = value.AsMap;
                json.WriteStartObject();
                for (var i = 0; i < map.Count; i++)
                {
                    json.WritePropertyName(map.Keys[i].ToString());
                    Write(json, map.Values[i]);
                }

                json.WriteEndObject();
                break;
            default: json.WriteStringValue(value.ToString()); break;
        }
    }

    public static string ToJson(CelValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Relaxed)) Write(json, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The value of UTF-8 JSON; false when it is not well-formed.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> utf8, out CelValue value)
    {
        value = default;
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            if (!reader.Read()) return false;
            value = Read(ref reader);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The value the reader stands on, the reader left on its last token.</summary>
    internal static CelValue Read(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True: return CelValue.True;
            case JsonTokenType.False: return CelValue.False;
            case JsonTokenType.Number: return Number(reader.ValueSpan);
            case JsonTokenType.String: return CelValue.Of(Text(ref reader));
            case JsonTokenType.StartArray:
                var items = new List<CelValue>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(Read(ref reader));
                return CelValue.OfList(new CelList([.. items]));
            case JsonTokenType.StartObject:
                var keys = new List<CelValue>();
                var values = new List<CelValue>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    keys.Add(CelValue.Of(Text(ref reader)));
                    reader.Read();
                    values.Add(Read(ref reader));
                }

                return Map([.. keys], [.. values]);
            default: return CelValue.Null;
        }
    }

    internal static CelValue Number(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0)
        {
            if (long.TryParse(utf8, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return CelValue.Of(whole);
            if (ulong.TryParse(utf8, NumberStyles.None, CultureInfo.InvariantCulture, out var large)) return CelValue.Of(large);
        }

        return CelValue.Of(double.TryParse(utf8, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN);
    }

    private static string Number(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
    }

    // A lone surrogate in an escape makes the reader throw; the replacement character stands in, as in the store.
    internal static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return JsonEscapes.Decode(reader.ValueSpan);
        }
    }

    private static CelValue Map(CelValue[] keys, CelValue[] values)
    {
        // Keys are texts and repeats replace, so there is nothing that can fail.
        CelMap.TryCreate(keys, values, lastWins: true, out var map);
        return CelValue.OfMap(map);
    }
}
