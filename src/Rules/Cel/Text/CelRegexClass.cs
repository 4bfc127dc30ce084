using System.Globalization;
using System.Text;

namespace Qualm.Rules.Cel;

/// <summary>A set of code points of a pattern, written as a pattern over UTF-16.</summary>
internal sealed class CelRegexClass(bool negated)
{
    private const int LastBasic = 0xFFFF;
    private const int Last = 0x10FFFF;

    private readonly List<(int Low, int High)> _ranges = [];
    private readonly List<(string Name, bool Inverted)> _categories = [];

    public void Add(int low, int high) => _ranges.Add((low, high));

    /// <summary><c>\d \s \w</c> and their opposites: ASCII only.</summary>
    public void AddPerl(char letter)
    {
        (int, int)[] ranges = char.ToLowerInvariant(letter) switch
        {
            'd' => [('0', '9')],
            's' => [('\t', '\n'), ('\f', '\r'), (' ', ' ')],
            _ => [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        };
        AddAll(ranges, inverted: char.IsAsciiLetterUpper(letter));
    }

    /// <summary>POSIX names, as in <c>[[:alpha:]]</c>.</summary>
    public bool TryAddNamed(string name)
    {
        (int, int)[]? ranges = name.TrimStart('^') switch
        {
            "alnum" => [('0', '9'), ('A', 'Z'), ('a', 'z')],
            "alpha" => [('A', 'Z'), ('a', 'z')],
            "ascii" => [(0, 127)],
            "blank" => [('\t', '\t'), (' ', ' ')],
            "cntrl" => [(0, 31), (127, 127)],
            "digit" => [('0', '9')],
            "graph" => [('!', '~')],
            "lower" => [('a', 'z')],
            "print" => [(' ', '~')],
            "punct" => [('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
            "space" => [('\t', '\r'), (' ', ' ')],
            "upper" => [('A', 'Z')],
            "word" => [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
            "xdigit" => [('0', '9'), ('A', 'F'), ('a', 'f')],
            _ => null,
        };
        if (ranges is null) return false;
        AddAll(ranges, inverted: name.StartsWith('^'));
        return true;
    }

    /// <summary>General categories such as <c>L</c> or <c>Nd</c>; scripts are not known.</summary>
    public bool TryAddCategory(string name, bool inverted)
    {
        if (name == "Any")
        {
            if (!inverted) Add(0, Last);
            return true;
        }

        if (name.Length is not (1 or 2) || "LMNPSZC".IndexOf(name[0], StringComparison.Ordinal) < 0 || name is "Cs" or "C") return false;
        if (name.Length == 2 && "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co".IndexOf(name, StringComparison.Ordinal) < 0) return false;
        _categories.Add((name, inverted));
        var beyond = CelAstral.Of(name);
        _ranges.AddRange(inverted ? Invert([(0, LastBasic), .. beyond]) : beyond);
        return true;
    }

    /// <param name="anyCase">Whether letters stand for themselves in any case.</param>
    public void Write(StringBuilder to, bool anyCase)
    {
        if (anyCase) AddCases();
        var ranges = Merge(_ranges);
        var high = negated ? Invert(ranges) : ranges;
        var basic = new StringBuilder(negated ? "[^" : "[");
        foreach (var (from, until) in ranges.Where(r => r.Low <= LastBasic)) Append(basic, from, Math.Min(until, LastBasic));
        foreach (var (name, inverted) in _categories) basic.Append(inverted ? @"\P{" : @"\p{").Append(name).Append('}');

        // Halves of pairs are no characters of their own.
        basic.Append(negated ? @"\uD800-\uDFFF]" : @"-[\uD800-\uDFFF]]");
        var pairs = CelSurrogates.Write(high.Where(r => r.High > LastBasic).Select(r => (Math.Max(r.Low, LastBasic + 1), r.High)));
        var hasBasic = negated || _categories.Count > 0 || ranges.Any(r => r.Low <= LastBasic);
        to.Append("(?:").Append(hasBasic ? basic : null);
        if (hasBasic && pairs.Length > 0) to.Append('|');
        to.Append(pairs);
        if (!hasBasic && pairs.Length == 0) to.Append(@"[^\s\S]");
        to.Append(')');
    }

    private void AddCases()
    {
        var ranges = Merge(_ranges);
        foreach (var (code, same) in CelCaseFold.All)
        {
            if (!ranges.Any(r => code >= r.Low && code <= r.High) && !_categories.Any(c => code <= LastBasic && CelAstral.Is(code, c.Name) != c.Inverted)) continue;
            foreach (var other in same) Add(other, other);
        }
    }

    private void AddAll((int Low, int High)[] ranges, bool inverted) => _ranges.AddRange(inverted ? Invert(Merge(ranges)) : ranges);

    private static List<(int Low, int High)> Merge(IEnumerable<(int Low, int High)> ranges)
    {
        var merged = new List<(int Low, int High)>();
        foreach (var (low, high) in ranges.OrderBy(r => r.Low))
        {
            if (merged.Count > 0 && low <= merged[^1].High + 1) merged[^1] = (merged[^1].Low, Math.Max(high, merged[^1].High));
            else merged.Add((low, high));
        }

        return merged;
    }

    private static List<(int Low, int High)> Invert(List<(int Low, int High)> merged)
    {
        var gaps = new List<(int, int)>();
        var next = 0;
        foreach (var (low, high) in merged)
        {
            if (low > next) gaps.Add((next, low - 1));
            next = high + 1;
        }

        if (next <= Last) gaps.Add((next, Last));
        return gaps;
    }

    private static void Append(StringBuilder to, int low, int high)
    {
        Unit(to, low);
        if (high > low) Unit(to.Append('-'), high);
    }

    private static void Unit(StringBuilder to, int unit) => to.Append(CultureInfo.InvariantCulture, $@"\u{unit:X4}");
}
