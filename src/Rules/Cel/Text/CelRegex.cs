using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Qualm.Rules.Cel;

/// <summary>Compiles RE2 patterns to ones that run in time linear in the text. What RE2 has not is refused.</summary>
/// <remarks>Syntax: https://github.com/google/re2/wiki/Syntax</remarks>
internal sealed partial class CelRegex
{
    private const int MaxPattern = 1000;
    private const int MaxRepeat = 1000;
    private const string AnyPair = @"[\uD800-\uDBFF][\uDC00-\uDFFF]";

    private readonly string _pattern;
    private readonly StringBuilder _out = new();
    private int _at;
    private int _depth;
    private long _size;
    private string? _fault;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    private CelRegex(string pattern) => _pattern = CelRegexQuotes.Expand(pattern);

    /// <summary>The compiled pattern, or null and what is wrong with it.</summary>
    public static CelPattern? Compile(string pattern, out string? fault)
    {
        if (pattern.Length > MaxPattern)
        {
            fault = "a pattern of more than 1000 characters";
            return null;
        }

        var translation = new CelRegex(pattern);
        translation.Alternatives(default(Flags), 1);
        if (translation._fault is null && translation._at < translation._pattern.Length) translation._fault = "an unmatched )";
        fault = translation._fault is { } why ? $"bad pattern '{pattern}': {why}" : null;
        if (fault is not null) return null;
        try
        {
            return new CelPattern(new Regex(translation._out.ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture), translation._size);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            fault = $"bad pattern '{pattern}'";
            return null;
        }
    }

    private readonly record struct Flags(bool Multiline, bool DotAll, bool AnyCase);

    private bool More => _fault is null && _at < _pattern.Length;

    private char Here => _pattern[_at];

    private void Alternatives(Flags flags, long repeats)
    {
        if (++_depth > 100) Fail("groups nested too deeply");
        while (More && Here != ')')
        {
            if (Here == '|')
            {
                _out.Append('|');
                _at++;
            }
            else if (IsFlagSwitch(ref flags))
            {
                // Holds to the end of the group.
            }
            else
            {
                Piece(flags, repeats);
            }
        }

        _depth--;
    }

    private void Piece(Flags flags, long repeats)
    {
        var start = _out.Length;
        var (at, size) = (_at, _size);
        Atom(flags, repeats);
        if (!TryQuantifier(out var quantifier, out var most)) return;
        if (most > 1 && _fault is null)
        {
            // Counted repeats are written out by the engine; RE2 refuses more than 1000 of them in all.
            if (repeats * most > MaxRepeat || (_size - size) * most > 20_000) Fail("too many repeats");
            _size += (_size - size) * (most - 1);
            _out.Length = start;
            var rest = _at;
            _at = at;
            var kept = _size;
            Atom(flags, repeats * most);
            _size = kept;
            _at = rest;
        }

        _out.Insert(start, "(?:").Append(')').Append(quantifier);
    }

    private void Atom(Flags flags, long repeats)
    {
        _size++;
        var c = Here;
        switch (c)
        {
            case '(': Group(flags, repeats); break;
            case '[': Class(flags.AnyCase); break;
            case '.':
                _at++;
                _out.Append(flags.DotAll ? $@"(?:{AnyPair}|[^\uD800-\uDFFF])" : $@"(?:{AnyPair}|[^\n\uD800-\uDFFF])");
                break;
            case '^':
                _at++;
                _out.Append(flags.Multiline ? "(?m:^)" : @"\A");
                break;
            case '$':
                _at++;
                _out.Append(flags.Multiline ? "(?m:$)" : @"\z");
                break;
            case '\\': Escape(flags.AnyCase); break;
            case '*' or '+' or '?': Fail($"nothing to repeat before {c}"); break;
            default: Literal(NextRune(), flags.AnyCase); break;
        }
    }

    private void Group(Flags flags, long repeats)
    {
        _at++;
        if (Rest.StartsWith("?P<", StringComparison.Ordinal) || (Rest.StartsWith("?<", StringComparison.Ordinal) && Rest.Length > 2 && Rest[2] is not ('=' or '!')))
        {
            var end = _pattern.IndexOf('>', _at);
            var name = end < 0 ? "" : _pattern[(_pattern.IndexOf('<', _at) + 1)..end];
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) Fail("a group's name is letters, digits and _");
            else if (!_names.Add(name)) Fail($"two groups named {name}");
            _at = end + 1;
            _out.Append("(?:");
        }
        else if (Rest is ['?', ..])
        {
            var colon = _pattern.IndexOf(':', _at);
            var letters = colon < 0 ? "" : _pattern[(_at + 1)..colon];
            if (colon < 0 || !TryFlags(letters, ref flags)) Fail("(? is followed by what RE2 does not know; look-around is not linear");
            else
            {
                _at = colon + 1;
                _out.Append("(?:");
            }
        }
        else
        {
            _out.Append("(?:");
        }

        if (_fault is not null) return;
        Alternatives(flags, repeats);
        if (_at >= _pattern.Length) Fail("a missing )");
        _at++;
        _out.Append(')');
    }

    private ReadOnlySpan<char> Rest => _pattern.AsSpan(Math.Min(_at, _pattern.Length));

    private bool IsFlagSwitch(ref Flags flags)
    {
        if (!Rest.StartsWith("(?", StringComparison.Ordinal)) return false;
        var end = _pattern.IndexOf(')', _at);
        if (end < 0 || !TryFlags(_pattern[(_at + 2)..end], ref flags)) return false;
        _at = end + 1;
        return true;
    }

    private static bool TryFlags(string letters, ref Flags flags)
    {
        var on = true;
        var changed = flags;

        // A minus takes something away.
        if (letters.EndsWith('-')) return false;
        foreach (var letter in letters)
        {
            switch (letter)
            {
                case '-' when on: on = false; break;
                case 'm': changed = changed with { Multiline = on }; break;
                case 's': changed = changed with { DotAll = on }; break;
                case 'i': changed = changed with { AnyCase = on }; break;

                // Which of several matches is taken makes no difference to whether there is one.
                case 'U': break;
                default: return false;
            }
        }

        flags = changed;
        return true;
    }

    private bool TryQuantifier(out string quantifier, out long most)
    {
        quantifier = "";
        if (!IsQuantifier(out var end, out most)) return false;
        quantifier = _pattern[_at..end];
        _at = end;
        if (More && Here == '?')
        {
            quantifier += "?";
            _at++;
        }

        if (IsQuantifier(out end, out _)) Fail($"a repeat of a repeat: {quantifier}{_pattern[_at..end]}");
        return true;
    }

    private bool IsQuantifier(out int end, out long most)
    {
        (end, most) = (_at + 1, 1);
        if (!More) return false;
        if (Here is '*' or '+' or '?') return true;
        if (Here != '{') return false;
        var close = _pattern.IndexOf('}', _at);
        var bounds = close < 0 ? [] : _pattern[(_at + 1)..close].Split(',');

        // A brace that is no repeat is a brace.
        if (bounds.Length is not (1 or 2) || !Count(bounds[0], out var low)) return false;
        var high = low;
        if (bounds.Length == 2 && bounds[1].Length > 0 && !Count(bounds[1], out high)) return false;
        if (high < low) Fail("a repeat with its bounds reversed");
        most = Math.Max(low, high);
        if (most > MaxRepeat) Fail("more than 1000 repeats");
        end = close + 1;
        return true;
    }

    private static bool Count(string digits, out long count) => long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out count);
}
