using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Qualm.Ingest.Tests.Qmp;

/// <summary>Members <c>vm</c> and <c>host</c> around captured events, as files have them and as they should not.</summary>
internal static class RandomLabels
{
    private static readonly string[] Odd =
        ["\"\"", "null", "5", "true", "[\"a\"]", "{\"vm\": \"a\"}", "\"web\\u002d1\"", "\"\\\"\"", "\"\\\\\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "\"a\tb\"", "\"a\0b\"", "\"\u001f\"", "\"", ""];

    private static readonly string[] Names =
        ["web-1", "h", "Büro", "虚拟机", "😀", "a b", "{}", ", ", "x\u007f", "\u0085", "a-name-that-is-longer-than-any-vector-of-the-processor-would-be-at-this-time-of-writing"];

    /// <summary>Up to three members, some of them twice.</summary>
    public static Gen<string[]> List =>
        from members in Member.ListOf()
        from count in Gen.Elements(0, 0, 1, 1, 1, 2, 2, 2, 3)
        select members.Take(count).ToArray();

    private static Gen<string> Member =>
        from key in Gen.Frequency((9, Gen.Elements("vm", "host")), (1, Gen.Elements("VM", "v\\u006d", "data", "event", "more")))
        from value in Gen.Frequency((8, Gen.Elements(Names).Select(Quoted)), (2, Letters), (2, Gen.Elements(Odd)))
        select $"\"{key}\": {value}";

    private static Gen<string> Letters => Gen.Elements("abc-_.09äß\\\"\u0001é".ToCharArray()).ListOf().Select(letters => Quoted(string.Concat(letters)));

    /// <param name="line">An object in QEMU's own spacing.</param>
    /// <param name="compact">Without the spaces between keys and values.</param>
    public static byte[] Around(byte[] line, string[] front, string[] behind, bool compact)
    {
        var inner = Encoding.UTF8.GetString(line)[1..^1];
        var spaced = "{" + string.Join(", ", [.. front, inner, .. behind]) + "}";
        return Encoding.UTF8.GetBytes(compact ? Compact(spaced) : spaced);
    }

    public static string Compact(string spaced) =>
        spaced.Replace("\": ", "\":", StringComparison.Ordinal).Replace(", \"", ",\"", StringComparison.Ordinal);

    private static string Quoted(string text) => $"\"{text}\"";
}
