using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Qualm.Ingest.Qmp;

/// <summary>Where and why bytes are not one JSON object, in words for an operator. Only asked once decoding has failed.</summary>
internal ref struct JsonFault
{
    private readonly ReadOnlySpan<byte> _text;
    private int _at;
    private string? _message;

    private JsonFault(ReadOnlySpan<byte> text) => _text = text;

    /// <param name="text">What <see cref="Utf8JsonReader"/> refused.</param>
    public static (int Offset, string Message) Find(ReadOnlySpan<byte> text)
    {
        var fault = new JsonFault(text);
        fault.Space();
        if (fault.Value(1))
        {
            fault.Space();
            if (fault._at < text.Length) fault.Fail($"nothing more expected, but {fault.Here()} follows");
        }

        return (fault._at, fault._message ?? "it cannot be read");
    }

    /// <summary>Offset of the first byte that is not UTF-8; the length when all is.</summary>
    public static int FirstInvalidUtf8(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (at < text.Length && Rune.DecodeFromUtf8(text[at..], out _, out var used) == OperationStatus.Done) at += used;
        return at;
    }

    private bool Value(int depth)
    {
        if (_at == _text.Length) return Fail("cut short: a value expected");
        switch (_text[_at])
        {
            case (byte)'{':
                return depth > EventDecoder.MaxDepth ? TooDeep() : Object(depth);
            case (byte)'[':
                return depth > EventDecoder.MaxDepth ? TooDeep() : Array(depth);
            case (byte)'"':
                return String();
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                return Number();
            case (byte)'t':
                return Literal("true"u8);
            case (byte)'f':
                return Literal("false"u8);
            case (byte)'n':
                return Literal("null"u8);
            default:
                return Fail($"a value expected before {Here()}");
        }
    }

    private bool TooDeep() => Fail($"nested deeper than {EventDecoder.MaxDepth} levels");

    private bool Object(int depth)
    {
        _at++;
        Space();
        if (Take('}')) return true;
        while (true)
        {
            if (_at == _text.Length) return Fail("cut short: a member's name expected");
            if (_text[_at] != '"') return Fail($"a member's name in double quotes expected before {Here()}");
            if (!String()) return false;
            Space();
            if (!Take(':')) return Fail(Expected("':'"));
            Space();
            if (!Value(depth + 1)) return false;
            Space();
            if (Take('}')) return true;
            if (!Take(',')) return Fail(Expected(_at < _text.Length && _text[_at] == '"' ? "','" : "',' or '}'"));
            Space();
        }
    }

    private bool Array(int depth)
    {
        _at++;
        Space();
        if (Take(']')) return true;
        while (true)
        {
            if (!Value(depth + 1)) return false;
            Space();
            if (Take(']')) return true;
            if (!Take(',')) return Fail(Expected("',' or ']'"));
            Space();
        }
    }

    private bool String()
    {
        for (_at++; _at < _text.Length; _at++)
        {
            var b = _text[_at];
            if (b == '"')
            {
                _at++;
                return true;
            }

            if (b is (byte)'\n' or (byte)'\r') return Fail("a string does not end on its line");
            if (b < 0x20) return Fail($"control character 0x{b:x2} in a string; write it as \\u00{b:x2}");
            if (b == '\\' && !Escape()) return false;
        }

        return Fail("cut short: inside a string");
    }

    private bool Escape()
    {
        if (_at + 1 == _text.Length) return true;
        var kind = _text[_at + 1];
        if (kind != 'u')
        {
            if (!"\"\\/bfnrt"u8.Contains(kind)) return Fail("unknown escape in a string");
            _at++;
            return true;
        }

        for (var i = 2; i < 6 && _at + i < _text.Length; i++)
        {
            if (!char.IsAsciiHexDigit((char)_text[_at + i])) return Fail("\\u needs four hexadecimal digits");
        }

        _at = Math.Min(_at + 5, _text.Length - 1);
        return true;
    }

    private bool Number()
    {
        Take('-');
        if (!Take('0') && !Digits()) return Fail(Expected("a digit"));
        if (_at < _text.Length && char.IsAsciiDigit((char)_text[_at])) return Fail("a number must not begin with 0");
        if (Take('.') && !Digits()) return Fail(Expected("a digit"));
        if (!Take('e') && !Take('E')) return true;
        if (!Take('+')) Take('-');
        return Digits() || Fail(Expected("a digit"));
    }

    private bool Digits()
    {
        var start = _at;
        while (_at < _text.Length && char.IsAsciiDigit((char)_text[_at])) _at++;
        return _at > start;
    }

    private bool Literal(ReadOnlySpan<byte> word)
    {
        if (!_text[_at..].StartsWith(word)) return Fail($"a value expected before {Here()}");
        _at += word.Length;
        return true;
    }

    private void Space()
    {
        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') _at++;
    }

    private bool Take(char wanted)
    {
        if (_at == _text.Length || _text[_at] != wanted) return false;
        _at++;
        return true;
    }

    private readonly string Expected(string what) => _at == _text.Length ? $"cut short: {what} expected" : $"{what} expected before {Here()}";

    // What stands at the fault: a string whole, else one word or character.
    private readonly string Here()
    {
        var rest = _text[_at..];
        if (rest.IsEmpty) return "the end";
        if (rest[0] == '"')
        {
            var end = rest[1..].IndexOfAny("\"\r\n"u8);
            return JsonText.Show(end < 0 ? rest : rest[..(end + 1)]) + "\"";
        }

        var word = 0;
        while (word < rest.Length && char.IsAsciiLetterOrDigit((char)rest[word])) word++;
        if (word > 0) return $"'{JsonText.Show(rest[..word])}'";
        return rest[0] is < 0x20 or > 0x7e ? $"byte 0x{rest[0]:x2}" : $"'{(char)rest[0]}'";
    }

    private bool Fail(string message)
    {
        _message ??= message;
        return false;
    }
}
