using System.Globalization;
using System.Text;

namespace Qualm.Rules.Cel;

/// <summary>Cuts the text of an expression into tokens. Stops at the first fault.</summary>
/// <remarks>Grammar: https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax</remarks>
internal sealed class CelLexer(string text)
{
    private static readonly string[] Symbols =
        ["&&", "||", "==", "!=", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",", "?", ":", "!", "-", "+", "*", "/", "%", "<", ">"];

    private int _at;

    public CelDiagnostic? Fault { get; private set; }

    /// <summary>All tokens, an end token last; up to the fault if there is one.</summary>
    public List<CelToken> Read()
    {
        var tokens = new List<CelToken>();
        do
        {
            SkipBlanks();
            tokens.Add(Next());
        }
        while (tokens[^1].Kind != CelTokenKind.End);

        return tokens;
    }

    private char Here => _at < text.Length ? text[_at] : '\0';

    private char After => _at + 1 < text.Length ? text[_at + 1] : '\0';

    private void SkipBlanks()
    {
        while (_at < text.Length)
        {
            if (Here is ' ' or '\t' or '\n' or '\r' or '\f') _at++;
            else if (Here == '/' && After == '/')
            {
                var end = text.IndexOf('\n', _at);
                _at = end < 0 ? text.Length : end;
            }
            else return;
        }
    }

    private CelToken Next()
    {
        if (_at >= text.Length) return new CelToken(CelTokenKind.End, new CelSpan(text.Length, 0), "");
        if (StartsString(out var raw, out var bytes, out var prefix)) return ReadString(raw, bytes, prefix);
        if (char.IsAsciiLetter(Here) || Here == '_') return ReadName();
        if (char.IsAsciiDigit(Here) || (Here == '.' && char.IsAsciiDigit(After))) return ReadNumber();
        if (Here == '`') return ReadQuotedName();
        foreach (var symbol in Symbols)
        {
            if (string.CompareOrdinal(text, _at, symbol, 0, symbol.Length) != 0) continue;
            var span = new CelSpan(_at, symbol.Length);
            _at += symbol.Length;
            return new CelToken(CelTokenKind.Symbol, span, symbol);
        }

        var hint = Here switch
        {
            '=' => "write == to compare",
            '&' => "write && for and",
            '|' => "write || for or",
            ';' => "an expression has no ;",
            _ => null,
        };
        return Fail(_at, Rune.TryGetRuneAt(text, _at, out var rune) ? rune.Utf16SequenceLength : 1, $"unexpected character '{(Rune.TryGetRuneAt(text, _at, out var r) ? r.ToString() : "?")}'", hint);
    }

    private bool StartsString(out bool raw, out bool bytes, out int prefix)
    {
        (raw, bytes, prefix) = (false, false, 0);
        while (prefix < 2 && _at + prefix < text.Length)
        {
            if (text[_at + prefix] is 'r' or 'R' && !raw) raw = true;
            else if (text[_at + prefix] is 'b' or 'B' && !bytes) bytes = true;
            else break;
            prefix++;
        }

        return _at + prefix < text.Length && text[_at + prefix] is '"' or '\'';
    }

    private CelToken ReadString(bool raw, bool bytes, int prefix)
    {
        var start = _at;
        var value = CelStringLiteral.Read(text, start, prefix, raw, bytes, out var end, out var fault);
        if (fault is not null)
        {
            Fault ??= fault;
            _at = text.Length;
            return new CelToken(CelTokenKind.End, fault.Span, "");
        }

        _at = end;
        return new CelToken(bytes ? CelTokenKind.Bytes : CelTokenKind.String, new CelSpan(start, end - start), text[start..end], value);
    }

    private CelToken ReadName()
    {
        var start = _at;
        while (char.IsAsciiLetterOrDigit(Here) || Here == '_') _at++;
        return new CelToken(CelTokenKind.Identifier, new CelSpan(start, _at - start), text[start.._at]);
    }

    private CelToken ReadQuotedName()
    {
        var start = _at;
        var end = text.IndexOf('`', start + 1);
        if (end < 0) return Fail(start, 1, "a name in back-ticks is not closed");
        var name = text[(start + 1)..end];
        if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-' or '/' or ' ')))
        {
            return Fail(start, end + 1 - start, "a name in back-ticks holds letters, digits, and _ . - / or blanks");
        }

        _at = end + 1;
        return new CelToken(CelTokenKind.QuotedName, new CelSpan(start, _at - start), name);
    }

    private CelToken ReadNumber()
    {
        var start = _at;
        var hex = Here == '0' && After is 'x' or 'X';
        var real = false;
        if (hex)
        {
            _at += 2;
            while (char.IsAsciiHexDigit(Here)) _at++;
        }
        else
        {
            SkipDigits();
            if (Here == '.' && char.IsAsciiDigit(After))
            {
                real = true;
                _at++;
                SkipDigits();
            }

            if (Here is 'e' or 'E')
            {
                var sign = After is '+' or '-' ? 1 : 0;
                if (_at + 1 + sign >= text.Length || !char.IsAsciiDigit(text[_at + 1 + sign])) return Fail(start, _at + 1 - start, "an exponent needs digits");
                real = true;
                _at += 1 + sign;
                SkipDigits();
            }
        }

        var unsigned = !real && Here is 'u' or 'U';
        if (unsigned) _at++;
        if (char.IsAsciiLetterOrDigit(Here) || Here == '_') return Fail(start, _at + 1 - start, $"'{text[start..(_at + 1)]}' is not a number");
        var span = new CelSpan(start, _at - start);
        var literal = text[start.._at];
        if (real) return ReadDouble(span, literal);
        if (!unsigned) return new CelToken(CelTokenKind.Int, span, literal);
        return CelParser.TryParseWhole(literal[..^1], out var number)
            ? new CelToken(CelTokenKind.UInt, span, literal, CelValue.Of(number))
            : Fail(start, span.Length, $"{literal} is not in the range of uint");
    }

    private CelToken ReadDouble(CelSpan span, string literal)
    {
        var number = double.Parse(literal, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsInfinity(number)
            ? Fail(span.Offset, span.Length, $"{literal} is not in the range of double")
            : new CelToken(CelTokenKind.Double, span, literal, CelValue.Of(number));
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Here)) _at++;
    }

    private CelToken Fail(int start, int length, string message, string? hint = null)
    {
        Fault ??= new CelDiagnostic(new CelSpan(start, length), message, hint);
        _at = text.Length;
        return new CelToken(CelTokenKind.End, Fault.Span, "");
    }
}
