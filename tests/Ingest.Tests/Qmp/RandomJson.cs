using FsCheck;
using FsCheck.Fluent;

namespace Qualm.Ingest.Tests.Qmp;

/// <summary>Generators of JSON texts.</summary>
internal static class RandomJson
{
    private static readonly string[] Scalars =
        ["null", "true", "false", "0", "-1", "1.50", "1e5", "-0", "18446744073709551615", "\"\"", "\"x\"", "\"{\\\"[\"", "\"\\\\\"", "\"\\u00e9\"", "\"é\"", "\"\\n\"", "\"a longer text, past one vector of bytes\""];

    private static readonly string[] Keys = ["a", "b", "cc", "a-long-key", "d\\\"e", "\\u0066", "ü", "}"];

    public static Gen<string> Objects(int depth) =>
        from members in Gen.Elements(Keys).Zip(Values(depth - 1)).ListOf()
        from tight in Gen.Elements(true, false)
        select "{" + string.Join(tight ? "," : ", ", members.Take(5).Select(m => $"\"{m.Item1}\"{(tight ? ":" : ": ")}{m.Item2}")) + "}";

    private static Gen<string> Values(int depth) => depth <= 0
        ? Gen.Elements(Scalars)
        : Gen.OneOf(
            Gen.Elements(Scalars),
            Objects(depth),
            Values(depth - 1).ListOf().Select(items => "[" + string.Join(", ", items.Take(4)) + "]"));
}
