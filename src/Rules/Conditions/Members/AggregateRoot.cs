using System.Collections.Immutable;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>What <c>agg</c> offers.</summary>
internal static class AggregateRoot
{
    private static readonly CelError None = new("there is no such aggregate");

    /// <param name="names">Those the operator computes.</param>
    /// <param name="values">Type of the values it works on.</param>
    public static ObjectMember Of(ImmutableArray<string> names, CelType values)
    {
        CelMember<EvalContext>[] all =
        [
            Make("count", CelType.Int, static (in AggregateValues a) => CelValue.Of(a.Count)),
            Make("distinct", CelType.Int, static (in AggregateValues a) => CelValue.Of(a.Distinct)),
            Make("sum", values, static (in AggregateValues a) => a.Sum),
            Make("avg", CelType.Double, static (in AggregateValues a) => CelValue.Of(a.Average)),
            Make("min", values, static (in AggregateValues a) => a.Min),
            Make("max", values, static (in AggregateValues a) => a.Max),
            Make("ratio", CelType.Double, static (in AggregateValues a) => CelValue.Of(a.Ratio)),
            Make("first", CelType.Timestamp, static (in AggregateValues a) => a.First is { } at ? CelValue.Of(at) : CelValue.Null),
            Make("last", CelType.Timestamp, static (in AggregateValues a) => a.Last is { } at ? CelValue.Of(at) : CelValue.Null),
            Make("members", CelType.AnyList, static (in AggregateValues a) => a.Members),
        ];
        return new ObjectMember("agg", [.. all.Where(m => names.Contains(m.Path["agg.".Length..], StringComparer.Ordinal))]);
    }

    private delegate CelValue Reader(in AggregateValues aggregates);

    private static ContextMember Make(string name, CelType type, Reader read) => new($"agg.{name}", type, (ref context, out value) =>
    {
        value = default;
        if (context.Aggregates.IsEmpty) return None;
        value = read(in context.Aggregates[0]);
        return value.Kind == CelKind.Null ? None : null;
    });
}
