using System.Globalization;
using System.Numerics;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Tests.Cel;

public sealed class PropertyTests
{
    private static readonly string[] Signs = ["+", "-", "*", "/", "%"];
    private static readonly string[] Pieces =
    [
        "a", "event", ".", ".data", "[", "]", "(", ")", "{", "}", "'x'", "\"", "'''", "1", "-", "0x", "1e", "1.5", "u", "!", "&&", "||", "?", ":", "==", "<", "in", "has(", ".all(x,", ".map(",
        "matches('", "\\", "r'", "b'", ",", " ", "\n", "//", "`", "timestamp('", "duration(", "null", "true", "😀", "\ud800", "$", "#", "size(", ".split(''", "%", "*", "+", "9223372036854775808", "{{", "}}",
    ];

    [Fact]
    public void Int_arithmetic_is_exact_or_an_error()
    {
        var numbers = Gen.OneOf(Gen.Elements(long.MinValue, long.MinValue + 1, -1, 0, 1, long.MaxValue), Gen.Choose(-1000, 1000).Select(i => (long)i), ArbMap.Default.GeneratorFor<long>());
        Prop.ForAll(Arb.From(Gen.Zip(Gen.Zip(numbers, numbers), Gen.Elements(Signs))), t =>
        {
            var ((a, b), sign) = t;
            BigInteger? exact = sign switch
            {
                "+" => (BigInteger)a + b,
                "-" => (BigInteger)a - b,
                "*" => (BigInteger)a * b,
                _ when b == 0 => null,
                "/" => BigInteger.Divide(a, b),
                _ => BigInteger.Remainder(a, b),
            };
            var overflows = sign == "%" && a == long.MinValue && b == -1;
            var expected = exact is { } e && e >= long.MinValue && e <= long.MaxValue && !overflows ? e.ToString(CultureInfo.InvariantCulture) : null;
            return Eval($"({a}) {sign} ({b})") == expected;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Uint_arithmetic_is_exact_or_an_error() =>
        Prop.ForAll<ulong, ulong, byte>((a, b, choice) =>
        {
            var sign = Signs[choice % Signs.Length];
            BigInteger? exact = sign switch
            {
                "+" => (BigInteger)a + b,
                "-" => (BigInteger)a - b,
                "*" => (BigInteger)a * b,
                _ when b == 0 => null,
                "/" => BigInteger.Divide(a, b),
                _ => BigInteger.Remainder(a, b),
            };
            var expected = exact is { } e && e >= 0 && e <= ulong.MaxValue ? e.ToString(CultureInfo.InvariantCulture) : null;
            return Eval($"{a}u {sign} {b}u") == expected;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Ints_and_uints_compare_as_numbers() =>
        Prop.ForAll<long, ulong>((a, b) =>
            Eval($"({a}) < {b}u") == Text((BigInteger)a < b) && Eval($"{b}u <= ({a})") == Text(b <= (BigInteger)a) && Eval($"({a}) == {b}u") == Text((BigInteger)a == b)).QuickCheckThrowOnFailure();

    [Fact]
    public void Strings_are_ordered_by_code_points() =>
        Prop.ForAll(Arb.From(Gen.Zip(Texts, Texts)), t =>
        {
            var (a, b) = t;
            var order = a.EnumerateRunes().Select(r => r.Value).Concat([-1]).Zip(b.EnumerateRunes().Select(r => r.Value).Concat([-1])).Select(p => p.First.CompareTo(p.Second)).FirstOrDefault(c => c != 0);
            using var vars = JsonDocument.Parse(JsonSerializer.Serialize(new Dictionary<string, string> { ["a"] = a, ["b"] = b }));
            return Evaluator.EvalOnce("[a < b, a == b, size(a)]", null, vars.RootElement).Json == $"[{Text(order < 0)},{Text(a == b)},{a.EnumerateRunes().Count()}]";
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_is_written_gives_a_value_or_an_error() =>
        Prop.ForAll(Arb.From(Gen.ListOf(Gen.Elements(Pieces)).Select(string.Concat)), text =>
        {
            var outcome = Evaluator.EvalOnce(text, null, null);
            return (outcome.Json is null) != (outcome.Error is null) && Template.Compile("a {{" + text + "}} b", ConditionScope.Empty) is not null;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Random_characters_give_a_value_or_an_error() =>
        Prop.ForAll<string?>(text =>
        {
            var outcome = Evaluator.EvalOnce(text ?? "", null, null);
            return (outcome.Json is null) != (outcome.Error is null);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Theory]
    [InlineData("(")]
    [InlineData("[")]
    [InlineData("{1:")]
    [InlineData("!")]
    [InlineData("-")]
    [InlineData("f(")]
    [InlineData("true?true:")]
    [InlineData("a.")]
    [InlineData("1+")]
    [InlineData("a&&")]
    [InlineData("a[0]+a[")]
    [InlineData("[1].all(x,")]
    public void Endless_nesting_is_an_error_not_a_crash(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 30_000 / piece.Length));
        Evaluator.EvalOnce(text, null, null).Error.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("[1,2,3,4,5,6,7,8,9,10].all(a, L.all(b, L.all(c, L.all(d, L.all(e, true)))))")]
    [InlineData("L.map(a, L.map(b, L.map(c, L.map(d, d))))")]
    [InlineData("S.split('').map(x, S).join(S)")]
    [InlineData("S.split('').map(x, S.replace('', S)).join('')")]
    [InlineData("L.all(a, L.all(b, L.all(c, S.contains('x') || true)))")]
    [InlineData("L.all(a, L.all(b, S.matches('x') || true))")]
    [InlineData("L.all(a, L.all(b, (S + string(a)) == (S + string(b)) || true))")]
    [InlineData("L.all(a, L.all(b, S.matches(string(a) + 'x' + string(b)) || true))")]
    [InlineData("L.all(a, L.all(b, L.all(c, !glob(S, '*s*s*x*'))))")]
    [InlineData("L.all(a, L.all(b, size(S.upperAscii()) > 0 && S.split('s') == S.split('s')))")]
    public void Work_beyond_the_budget_is_an_error(string expression)
    {
        var vars = new { L = Enumerable.Range(0, 60).ToArray(), S = new string('s', 3000) };
        using var json = JsonSerializer.SerializeToDocument(vars);
        Evaluator.EvalOnce(expression, null, json.RootElement).Error.ShouldBe("evaluation takes too many steps");
    }

    [Fact]
    public void Values_that_share_what_they_hold_do_not_get_out_of_hand()
    {
        var doubled = "[1]" + string.Concat(Enumerable.Repeat(".map(x, [x, x])", 50));
        Evaluator.EvalOnce(doubled, null, null).Error.ShouldBe("evaluation takes too many steps");
        Evaluator.EvalOnce($"{doubled} == {doubled}", null, null).Error.ShouldBe("evaluation takes too many steps");
        Evaluator.EvalOnce($"{doubled} in [{doubled}]", null, null).Error.ShouldBe("evaluation takes too many steps");
        Evaluator.EvalOnce($"{doubled} == {doubled} || true", null, null).Error.ShouldBe("evaluation takes too many steps");
        Evaluator.EvalOnce($"size({doubled})", null, null).Json.ShouldBe("1");
    }

    [Fact]
    public void Changed_expressions_give_a_value_or_an_error()
    {
        var sound = CelCases.All.Select(c => c.Expr).Where(e => e.Length > 1).ToArray();
        var changes = Gen.Zip(Gen.Elements(sound), Gen.Zip(Gen.Choose(0, 1000), Gen.Zip(Gen.Choose(0, 4), Gen.Elements(Pieces))));
        Prop.ForAll(Arb.From(changes), change =>
        {
            var (text, (place, (length, piece))) = change;
            var at = place % text.Length;
            var changed = text[..at] + piece + text[Math.Min(text.Length, at + length)..];
            var outcome = Evaluator.EvalOnce(changed, null, null);
            var isChecked = Condition.CompileValue(changed, ConditionScope.Empty);
            return (outcome.Json is null) != (outcome.Error is null) && (isChecked.Result is null) == (isChecked.Errors.Length > 0)
                && isChecked.Errors.All(e => e.Span.Offset >= 0 && e.Span.Length >= 0 && e.Span.End <= changed.Length + 1);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1500));
    }

    [Fact]
    public void Whatever_is_written_as_a_pattern_gives_an_answer_or_an_error()
    {
        var pieces = Gen.Elements("a", "b", "😀", "(", ")", "(?:", "(?i)", "(?P<n>", "[", "]", "[^", "[[:alpha:]]", "-", "|", "*", "+", "?", "{2}", "{1,3}", "{", "\\", "\\d", "\\pL", "\\P{Lu}", "\\Q", "\\E", "\\b", ".", "^", "$", "\\x{1F600}", "\\x", "\\1", "z", "\ud800");
        Prop.ForAll(Arb.From(Gen.ListOf(pieces).Select(string.Concat)), pattern =>
        {
            using var vars = JsonDocument.Parse(JsonSerializer.Serialize(new Dictionary<string, string> { ["t"] = "aab😀az", ["p"] = pattern }));
            var outcome = Evaluator.EvalOnce("t.matches(p)", null, vars.RootElement);
            return outcome.Json is "true" or "false" || outcome.Error is not null;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(600));
    }

    [Fact]
    public void Culture_changes_nothing()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            var odd = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            odd.NumberFormat.NumberDecimalSeparator = ",";
            odd.NumberFormat.NegativeSign = "~";
            CultureInfo.CurrentCulture = odd;
            CelCases.All.Where(c => c.Value is not null).All(c => Evaluator.EvalOnce(c.Expr, null, c.Vars).Json is { } found
                && JsonElement.DeepEquals(JsonDocument.Parse(found).RootElement, c.Value!.Value)).ShouldBeTrue();
            Eval("string(-1.5) + string(-3) + string(duration('-1.5s'))").ShouldBe("\"-1.5-3-1.5s\"");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static Gen<string> Texts => Gen.Elements("a", "b", "é", "\uE000", "\uFFFD", "😀", "𐀀", "z").ListOf().Select(string.Concat);

    private static string? Eval(string expression) => Evaluator.EvalOnce(expression, null, null).Json;

    private static string Text(bool value) => value ? "true" : "false";
}
