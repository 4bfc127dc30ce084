using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Qualm.Rules.Cel;

/// <summary>The functions of the language, all of them pure.</summary>
internal static partial class CelLibrary
{
    private static readonly FrozenDictionary<string, Overload[]> All = Build().GroupBy(o => o.Name).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    public static IEnumerable<string> Names => All.Keys.Order(StringComparer.Ordinal);

    /// <param name="receiver">Whether it is called as <c>x.f()</c>.</param>
    public static ImmutableArray<Overload> Find(string name, bool receiver) =>
        All.TryGetValue(name, out var overloads) ? [.. overloads.Where(o => receiver ? o.AsReceiver : o.AsGlobal)] : [];

    /// <summary>One form of a function.</summary>
    /// <param name="Body">Null for those that have nodes of their own.</param>
    internal sealed record Overload(string Name, ImmutableArray<CelType> Parameters, CelType Result, Delegate? Body, bool AsGlobal, bool AsReceiver, bool IsConversion)
    {
        public bool Accepts(int count, Func<int, CelType> type) =>
            count == Parameters.Length && Parameters.Select((p, i) => type(i).Fits(p)).All(fits => fits);

        public override string ToString() => $"({string.Join(", ", Parameters)})";
    }

    private static IEnumerable<Overload> Build()
    {
        foreach (var type in (CelType[])[CelType.String, CelType.Bytes, CelType.AnyList, CelType.AnyMap])
        {
            yield return new("size", [type], CelType.Int, (CelFunction1)Size, AsGlobal: true, AsReceiver: true, IsConversion: false);
        }

        foreach (var test in (string[])["contains", "startsWith", "endsWith"]) yield return Method(test, CelType.Bool, null, CelType.String, CelType.String);
        yield return Method("matches", CelType.Bool, null, CelType.String, CelType.String) with { AsGlobal = true };
        foreach (var conversion in Conversions()) yield return conversion;
        yield return Global("dyn", CelType.Dyn, null, CelType.Dyn);
        yield return Global("type", CelType.Type, (CelFunction1)TypeOf, CelType.Dyn);
        foreach (var text in Texts()) yield return text;
        foreach (var part in Parts()) yield return part;
    }

    private static IEnumerable<Overload> Conversions()
    {
        (string Name, CelType Result, CelFunction1 Body, CelType[] From)[] all =
        [
            ("int", CelType.Int, CelConvert.ToInt, [CelType.Int, CelType.UInt, CelType.Double, CelType.String, CelType.Timestamp, CelType.Duration]),
            ("uint", CelType.UInt, CelConvert.ToUInt, [CelType.UInt, CelType.Int, CelType.Double, CelType.String]),
            ("double", CelType.Double, CelConvert.ToDouble, [CelType.Double, CelType.Int, CelType.UInt, CelType.String]),
            ("bool", CelType.Bool, CelConvert.ToBool, [CelType.Bool, CelType.String]),
            ("string", CelType.String, CelConvert.ToText, [CelType.String, CelType.Bool, CelType.Int, CelType.UInt, CelType.Double, CelType.Bytes, CelType.Timestamp, CelType.Duration]),
            ("bytes", CelType.Bytes, CelConvert.ToBytes, [CelType.Bytes, CelType.String]),
            ("timestamp", CelType.Timestamp, CelConvert.ToTimestamp, [CelType.Timestamp, CelType.String, CelType.Int]),
            ("duration", CelType.Duration, CelConvert.ToDuration, [CelType.Duration, CelType.String, CelType.Int]),
        ];
        return all.SelectMany(c => c.From.Select(from => Global(c.Name, c.Result, c.Body, from) with { IsConversion = true }));
    }

    private static IEnumerable<Overload> Texts()
    {
        foreach (var name in (string[])["lower", "lowerAscii"]) yield return Method(name, CelType.String, (CelFunction1)Lower, CelType.String);
        foreach (var name in (string[])["upper", "upperAscii"]) yield return Method(name, CelType.String, (CelFunction1)Upper, CelType.String);
        var texts = CelType.ListOf(CelType.String);
        yield return Method("split", texts, (CelFunction2)Split, CelType.String, CelType.String);
        yield return Method("split", texts, (CelFunction4)SplitSome, CelType.String, CelType.String, CelType.Int);
        yield return Method("join", CelType.String, (CelFunction1)Join, texts);
        yield return Method("join", CelType.String, (CelFunction2)JoinBy, texts, CelType.String);
        yield return Method("replace", CelType.String, (CelFunction4)Replace, CelType.String, CelType.String, CelType.String);
        yield return Method("replace", CelType.String, (CelFunction4)Replace, CelType.String, CelType.String, CelType.String, CelType.Int);
    }

    private static IEnumerable<Overload> Parts()
    {
        foreach (var (name, part) in CelTimeParts.OfTimestamp)
        {
            yield return Method(name, CelType.Int, CelTimeParts.InUtc(part), CelType.Timestamp);
            yield return Method(name, CelType.Int, CelTimeParts.InZone(part), CelType.Timestamp, CelType.String);
        }

        foreach (var name in CelTimeParts.OfDuration) yield return Method(name, CelType.Int, CelTimeParts.Of(name), CelType.Duration);
    }

    private static Overload Global(string name, CelType result, Delegate? body, params ImmutableArray<CelType> parameters) =>
        new(name, parameters, result, body, AsGlobal: true, AsReceiver: false, IsConversion: false);

    private static Overload Method(string name, CelType result, Delegate? body, params ImmutableArray<CelType> parameters) =>
        new(name, parameters, result, body, AsGlobal: false, AsReceiver: true, IsConversion: false);
}
