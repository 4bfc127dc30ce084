using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Npgsql;
using Qualm.Store.Chain;
using Qualm.Store.Writing;

namespace Qualm.Store.Tests.Chain;

[Collection("store")]
public sealed class CanonicalJsonTests(Servers servers)
{
    private static readonly string[] Numbers =
    [
        "0", "-0", "-0.0", "0.00", "1", "-1.50", "1e400", "-1E+3", "1.5e3", "1.50e1", "1.5e-3", "0e5", "0.00e5", "0.00e1", "-0e-7", "0.001e5", "12.345e2", "1e-30",
        "123456789012345678901234567890.000", "0.1", "10e0", "9.99E-2", "1E0", "100e-2", "-12e-1", "18446744073709551615", "1e-0", "0e0", "2E+05", "0e200000", "-0.000e+1000000", "5e-16000",
    ];

    private static readonly string[] Texts =
    [
        "", "a", "b", "aa", "ab", "é", "\\u00e9", "🐢", "\\ud83d\\udc22", "\\\"", "\\\\", "\\/", "/", "\\b\\f\\n\\r\\t", "\\u0001", "\\u001F", "\\u007f", "\u007f", "\\u0041", "A", "\u2028", "\uffff", "{}", "[1, 2]",
    ];

    private static readonly string[] Spaces = ["", " ", "\n\t ", "  "];

    [StoreFact]
    public async Task What_is_sent_and_what_comes_back_have_one_form()
    {
        await using var store = await StoreHost.OpenAsync(servers.Locate(ServerKind.Private, Servers.NewSchema()), TimeProvider.System, CancellationToken.None);
        await using var connection = await store.Source.OpenConnectionAsync();
        Prop.ForAll(Arb.From(Values(4)), json => Holds(connection, json)).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
        foreach (var number in Numbers) Holds(connection, number).ShouldBeTrue(number);
        foreach (var deep in (int[])[10, 200, 2000]) Holds(connection, Nested(deep)).ShouldBeTrue();
        Holds(connection, $"{{{string.Join(',', Enumerable.Range(0, 2000).Select(i => $"\"k{i * 7919 % 500}\":{i}"))}}}").ShouldBeTrue();
    }

    [Fact]
    public void Different_values_have_different_forms()
    {
        string[] values = ["1", "1.0", "\"1\"", "[1]", "{\"1\":1}", "[[],[]]", "[[[]]]", "{\"a\":{}}", "{\"a\":[]}", "null", "\"null\"", "true", "false", "[1,2]", "[12]", "{\"a\":\"b\"}", "{\"ab\":\"\"}", "{", "{ "];
        values.Select(Form).Distinct().Count().ShouldBe(values.Length);
    }

    [Fact]
    public void What_the_database_refuses_does_no_harm()
    {
        foreach (var json in (string[])["", "{", "nonsense", "{\"a\":\"\\ud800\"}", "1e99999999999999999999", "-", "{\"a\":1}}"]) Form(json).ShouldNotBeEmpty();
    }

    private static bool Holds(NpgsqlConnection connection, string json)
    {
        using var command = new NpgsqlCommand("select $1::text::jsonb::text", connection) { Parameters = { new() { Value = json } } };
        var stored = (string)command.ExecuteScalar()!;
        return Form(json) == Form(stored) && Form(stored)[0] != 'x';
    }

    private static string Nested(int depth) => $"{string.Concat(Enumerable.Repeat("{\"b\":0,\"a\":[", depth))}1e2{string.Concat(Enumerable.Repeat("]}", depth))}";

    private static string Form(string json)
    {
        var form = new ByteBuffer();
        new CanonicalJson().Write(Encoding.UTF8.GetBytes(json), form);
        return Convert.ToHexString(form.Written.Span) is var hex && form.Length > 0 && form.Written.Span[0] == 'x' ? "x" + hex : hex;
    }

    private static Gen<string> Values(int depth)
    {
        var number = Gen.OneOf(
            Gen.Elements(Numbers),
            Gen.Zip(Gen.Zip(Gen.Choose(-100_000, 100_000), Gen.Choose(0, 99_999)), Gen.Choose(-40, 40)).Select(n => FormattableString.Invariant($"{n.Item1.Item1}.{n.Item1.Item2}e{n.Item2}")));
        var text = Gen.ListOf(Gen.Elements(Texts)).Select(parts => $"\"{string.Concat(parts.Take(4))}\"");
        var leaf = Gen.OneOf(number, text, Gen.Elements("true", "false", "null", "{}", "[ ]"));
        if (depth == 0) return leaf;
        var inner = Values(depth - 1);
        var space = Gen.Elements(Spaces);
        var items = Gen.ListOf(inner).Select(list => list.Take(4));
        var array = Gen.Zip(items, space).Select(a => $"[{a.Item2}{string.Join($"{a.Item2},{a.Item2}", a.Item1)}{a.Item2}]");
        var members = Gen.ListOf(Gen.Zip(text, inner)).Select(list => list.Take(6));
        var map = Gen.Zip(members, space).Select(m => $"{{{m.Item2}{string.Join($"{m.Item2},", m.Item1.Select(p => $"{p.Item1}{m.Item2}:{m.Item2}{p.Item2}"))}}}{m.Item2}");
        return Gen.OneOf(leaf, array, map);
    }
}
