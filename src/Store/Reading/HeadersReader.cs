using System.Buffers.Text;
using System.Text.Json;
using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Store.Reading;

/// <summary>Reads <see cref="EventHeaders"/> from JSON, members in any order, unknown ones left aside.</summary>
/// <remarks>What PostgreSQL gives for headers of ours is read in one pass; anything else goes to the general reader.</remarks>
internal sealed class HeadersReader
{
    private readonly Utf8Texts _texts = new(bits: 12);

    /// <summary>Never throws: what does not mark a row as ours makes it <see cref="RowKind.Foreign"/>.</summary>
    internal EventHeaders Read(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty) return default;
        var fields = default(Fields);
        if (!TryFlat(json, ref fields) && !TryAny(json, out fields)) return default;
        return fields.Kind == RowKind.Foreign
            ? default
            : new EventHeaders(fields.Kind, new Instant(fields.At), fields.Source, fields.Host, fields.Epoch, fields.Ordinal, (EventMarks)fields.Marks)
            {
                Weight = Math.Max(1, fields.Weight),
                First = new Instant(fields.First ?? fields.At),
                HasRaw = fields.Raw,
            };
    }

    private bool TryFlat(ReadOnlySpan<byte> json, ref Fields fields)
    {
        var at = 0;
        if (json[at++] != '{') return false;
        while (true)
        {
            if (!TryString(json, ref at, out var name) || at + 1 >= json.Length || json[at++] != ':') return false;
            if (json[at] == ' ') at++;
            if (at >= json.Length) return false;
            if (json[at] == '"')
            {
                if (!TryString(json, ref at, out var text)) return false;
                Set(ref fields, name, text);
            }
            else if (json[at..].StartsWith("true"u8))
            {
                at += 4;
                if (name.SequenceEqual("raw"u8)) fields.Raw = true;
            }
            else
            {
                if (!Utf8Parser.TryParse(json[at..], out long number, out var used)) return false;
                at += used;
                Set(ref fields, name, number);
            }

            if (at >= json.Length) return false;
            if (json[at] == '}') return at == json.Length - 1;
            if (json[at++] != ',') return false;
            if (at < json.Length && json[at] == ' ') at++;
        }
    }

    /// <summary>A string without escapes.</summary>
    private static bool TryString(ReadOnlySpan<byte> json, ref int at, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (at >= json.Length || json[at] != '"') return false;
        var rest = json[(at + 1)..];
        var end = rest.IndexOfAny((byte)'"', (byte)'\\');
        if (end < 0 || rest[end] != '"') return false;
        text = rest[..end];
        at += end + 2;
        return true;
    }

    private bool TryAny(ReadOnlySpan<byte> json, out Fields fields)
    {
        fields = default;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = _texts.Of(reader.ValueSpan);
                reader.Read();
                var key = System.Text.Encoding.UTF8.GetBytes(name);
                switch (reader.TokenType)
                {
                    case JsonTokenType.String:
                        Set(ref fields, key, System.Text.Encoding.UTF8.GetBytes(reader.GetString()!));
                        break;
                    case JsonTokenType.Number when reader.TryGetInt64(out var number):
                        Set(ref fields, key, number);
                        break;
                    case JsonTokenType.True when name == "raw":
                        fields.Raw = true;
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void Set(ref Fields fields, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        if (name.SequenceEqual("qualm"u8)) fields.Kind = KindOf(text);
        else if (name.SequenceEqual("source"u8)) fields.Source = _texts.Of(text);
        else if (name.SequenceEqual("host"u8)) fields.Host = _texts.Of(text);
    }

    private static void Set(ref Fields fields, ReadOnlySpan<byte> name, long number)
    {
        if (name.SequenceEqual("at"u8)) fields.At = number;
        else if (name.SequenceEqual("n"u8)) fields.Ordinal = number;
        else if (name.SequenceEqual("epoch"u8)) fields.Epoch = number;
        else if (name.SequenceEqual("marks"u8)) fields.Marks = number;
        else if (name.SequenceEqual("weight"u8)) fields.Weight = number;
        else if (name.SequenceEqual("first"u8)) fields.First = number;
    }

    private static RowKind KindOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("live"u8) ? RowKind.Live
        : name.SequenceEqual("decision"u8) ? RowKind.Decision
        : name.SequenceEqual("import"u8) ? RowKind.Import
        : name.SequenceEqual("engine"u8) ? RowKind.Engine
        : RowKind.Foreign;

    private struct Fields
    {
        internal RowKind Kind;
        internal long At;
        internal long Ordinal;
        internal long Epoch;
        internal long Marks;
        internal long Weight;
        internal long? First;
        internal bool Raw;
        internal string? Source;
        internal string? Host;
    }
}
