using System.Buffers;
using System.Text;
using System.Text.Json;
using Qualm.Model;

namespace Qualm.Ingest.Qmp;

/// <summary>
/// Writes <c>data</c> anew in today's shape and so that jsonb can hold it. The rare way: it allocates.
/// </summary>
internal sealed class DataRewriter
{
    private bool _changed;

    /// <param name="data">Well-formed JSON of an object, valid UTF-8.</param>
    /// <returns>Null when there was nothing to change after all.</returns>
    public static byte[]? Rewrite(EventSchema? schema, ReadOnlySpan<byte> data)
    {
        var rewriter = new DataRewriter();
        var reader = new Utf8JsonReader(data);
        reader.Read();
        var members = rewriter.Members(ref reader);
        if (schema is not null) rewriter._changed |= OldShapes.Modernise(schema, members);
        return rewriter._changed ? JsonMember.Write(members) : null;
    }

    private List<JsonMember> Members(ref Utf8JsonReader reader)
    {
        var members = new List<JsonMember>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var raw = Text(ref reader);
            var key = Encoding.UTF8.GetString(reader.ValueIsEscaped ? JsonText.Unescape(raw) : raw);
            reader.Read();
            var member = new JsonMember(key, raw, Value(ref reader));
            if (places.TryAdd(key, members.Count))
            {
                members.Add(member);
                continue;
            }

            _changed = true;
            members[places[key]] = member;
        }

        return members;
    }

    private byte[] Value(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => JsonMember.Write(Members(ref reader)),
        JsonTokenType.StartArray => Array(ref reader),
        JsonTokenType.String => Quote(Text(ref reader)),
        JsonTokenType.Number => Number(reader.ValueSpan),
        _ => reader.ValueSpan.ToArray(),
    };

    private byte[] Array(ref Utf8JsonReader reader)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write("["u8);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (output.WrittenCount > 1) output.Write(", "u8);
            output.Write(Value(ref reader));
        }

        output.Write("]"u8);
        return output.WrittenSpan.ToArray();
    }

    private byte[] Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped || JsonText.IsStorable(reader.ValueSpan)) return reader.ValueSpan.ToArray();
        _changed = true;
        return JsonText.Repair(reader.ValueSpan);
    }

    private byte[] Number(ReadOnlySpan<byte> number)
    {
        if (JsonText.IsStorableNumber(number)) return number.ToArray();
        _changed = true;
        return Quote(number);
    }

    private static byte[] Quote(ReadOnlySpan<byte> text) => [(byte)'"', .. text, (byte)'"'];
}
