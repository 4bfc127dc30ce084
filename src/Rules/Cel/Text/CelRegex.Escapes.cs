using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Qualm.Rules.Cel;

internal sealed partial class CelRegex
{
    private void Escape(bool anyCase)
    {
        if (_at + 1 >= _pattern.Length)
        {
            Fail(@"a \ at the end");
            return;
        }

        var letter = _pattern[_at + 1];
        switch (letter)
        {
            case 'A': _out.Append(@"\A"); break;
            case 'z': _out.Append(@"\z"); break;
            case 'b': _out.Append(@"\b"); break;
            case 'B': _out.Append(@"\B"); break;
            case 'd' or 'D' or 's' or 'S' or 'w' or 'W' or 'p' or 'P':
                var one = new CelRegexClass(negated: false);
                if (!TryClassEscape(one)) Fail($@"unknown class \{letter}");
                one.Write(_out, anyCase);
                return;
            default:
                if (TryCharEscape(out var rune)) Literal(rune, anyCase);
                else Fail($@"unknown escape \{letter}");
                return;
        }

        _at += 2;
    }

    private void Class(bool anyCase)
    {
        _at++;
        var negated = Rest is ['^', ..];
        if (negated) _at++;
        var set = new CelRegexClass(negated);
        var first = true;
        while (More && (first || Here != ']'))
        {
            first = false;
            if (Rest.StartsWith("[:", StringComparison.Ordinal) && _pattern.IndexOf(":]", _at, StringComparison.Ordinal) is > 0 and var close)
            {
                if (!set.TryAddNamed(_pattern[(_at + 2)..close])) Fail($"unknown class {_pattern[_at..(close + 2)]}");
                _at = close + 2;
            }
            else if (Here == '\\' && TryClassEscape(set))
            {
                // Taken.
            }
            else if (TryClassChar(out var low))
            {
                var high = low;
                if (Rest is ['-', not ']', ..])
                {
                    _at++;
                    if (!TryClassChar(out high) || high < low) Fail("a range that is reversed or has no end");
                }

                set.Add(low.Value, high.Value);
            }
        }

        if (_at >= _pattern.Length) Fail("a missing ]");
        _at++;
        if (_fault is null) set.Write(_out, anyCase);
    }

    private bool TryClassChar(out Rune rune)
    {
        rune = default;
        if (!More) return false;
        if (Here != '\\')
        {
            rune = NextRune();
            return true;
        }

        if (TryCharEscape(out rune)) return true;
        Fail("an unknown escape in [ ]");
        return false;
    }

    private bool TryClassEscape(CelRegexClass set)
    {
        if (_at + 1 >= _pattern.Length) return false;
        var letter = _pattern[_at + 1];
        if (letter is 'd' or 'D' or 's' or 'S' or 'w' or 'W')
        {
            set.AddPerl(letter);
            _at += 2;
            return true;
        }

        if (letter is not ('p' or 'P') || _at + 2 >= _pattern.Length) return false;
        var braced = _pattern[_at + 2] == '{';
        var end = braced ? _pattern.IndexOf('}', _at) : _at + 3;
        if (end < 0) return false;
        var name = braced ? _pattern[(_at + 3)..end] : _pattern[(_at + 2)..end];
        if (!set.TryAddCategory(name.TrimStart('^'), inverted: letter == 'P' ^ name.StartsWith('^'))) return false;
        _at = braced ? end + 1 : end;
        return true;
    }

    private bool TryCharEscape(out Rune rune)
    {
        rune = default;
        if (_at + 1 >= _pattern.Length) return false;
        var letter = _pattern[_at + 1];
        var code = letter switch { 'a' => 7, 'f' => 12, 'n' => 10, 'r' => 13, 't' => 9, 'v' => 11, _ => char.IsAscii(letter) && !char.IsAsciiLetterOrDigit(letter) ? letter : -1 };
        var end = _at + 2;
        if (letter is 'x')
        {
            var braced = end < _pattern.Length && _pattern[end] == '{';
            var close = braced ? _pattern.IndexOf('}', end) : end + 2;
            if (close < 0 || close > _pattern.Length) return false;
            if (!int.TryParse(_pattern.AsSpan((braced ? end + 1 : end)..close), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code)) return false;
            end = braced ? close + 1 : close;
        }
        else if (letter is >= '0' and <= '7')
        {
            // \1 to \9 would look back at a group; only three octal digits, or \0, are a character.
            var digits = 0;
            while (digits < 3 && _at + 1 + digits < _pattern.Length && _pattern[_at + 1 + digits] is >= '0' and <= '7') digits++;
            if (letter != '0' && digits < 3) return false;
            code = Convert.ToInt32(_pattern.Substring(_at + 1, digits), 8);
            end = _at + 1 + digits;
        }

        if (!Rune.IsValid(code)) return false;
        rune = new Rune(code);
        _at = end;
        return true;
    }

    private Rune NextRune()
    {
        Rune.DecodeFromUtf16(Rest, out var rune, out var length);
        _at += length;
        return rune;
    }

    private void Literal(Rune rune, bool anyCase)
    {
        if (anyCase && CelCaseFold.Of(rune.Value) is { Length: > 0 } same)
        {
            var set = new CelRegexClass(negated: false);
            foreach (var code in same) set.Add(code, code);
            set.Write(_out, anyCase: false);
        }
        else if (rune.IsBmp) _out.Append(Regex.Escape(rune.ToString()));
        else _out.Append("(?:").Append(rune.ToString()).Append(')');
    }

    private void Fail(string why) => _fault ??= why;
}
