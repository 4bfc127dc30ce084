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
    public void Work_beyond_the_budget_is_an_error(string expression)
    {
        var vars = new { L = Enumerable.Range(0, 60).ToArray(), S = new string('s', 3000) };
        using var json = JsonSerializer.SerializeToDocument(vars);
        Evaluator.EvalOnce(expression, null, json.RootElement).Error.ShouldBe("evaluation takes too many steps");
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
