using FsCheck;
using FsCheck.Fluent;

namespace Qualm.Rules.Tests.Run;

/// <summary>Streams of events of one VM for properties: gaps and delays in seconds, so that equal times are frequent.</summary>
internal static class Streams
{
    public static Arbitrary<(int Gap, int Delay, int Value)[]> Of(int maxDelay) => Sparse(maxDelay).ToArbitrary();

    /// <summary>As often as not short ones, in which windows meet and stragglers are as frequent as others.</summary>
    public static Arbitrary<(int Gap, int Delay, int Value)[]> SparseOrDense(int maxDelay) => Gen.OneOf(Sparse(maxDelay), Dense(maxDelay)).ToArbitrary();

    private static Gen<(int Gap, int Delay, int Value)[]> Sparse(int maxDelay) =>
        (from gap in Gen.Choose(0, 9)
         from delay in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(0, maxDelay)))
         from value in Gen.Choose(0, 4)
         select (gap, delay, value)).ArrayOf();

    private static Gen<(int Gap, int Delay, int Value)[]> Dense(int maxDelay) =>
        (from gap in Gen.Frequency((3, Gen.Choose(0, 2)), (2, Gen.Choose(3, 6)))
         from delay in Gen.Frequency((1, Gen.Constant(0)), (1, Gen.Choose(0, maxDelay)))
         from value in Gen.Choose(0, 4)
         select (gap, delay, value)).ArrayOf().Resize(14);

    public static Property Same(IEnumerable<string> fast, IEnumerable<string> slow, (int Gap, int Delay, int Value)[] stream) =>
        fast.SequenceEqual(slow).Label($"\nfast:\n{string.Join('\n', fast)}\nslow:\n{string.Join('\n', slow)}\nof:\n{string.Join('\n', Arrivals(stream))}");

    public static Func<IReadOnlyList<SlowWindow.Arrival>, bool> Holds(string operation)
    {
        var parts = operation.Split('"')[1].Split(' ');
        var limit = double.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        return window => Value(operation.Split(':')[0], window) is { } value && parts[0] switch
        {
            "<" => value < limit,
            "<=" => value <= limit,
            "==" => value == limit,
            ">" => value > limit,
            _ => value >= limit,
        };
    }

    private static double? Value(string function, IReadOnlyList<SlowWindow.Arrival> window) => function switch
    {
        "count" => window.Sum(e => e.Weight),
        "sum" => window.Sum(e => e.Value * e.Weight),
        "distinct" => window.Select(e => e.Value).Distinct().Count(),
        _ when window.Count == 0 => null,
        "avg" => window.Sum(e => e.Value * e.Weight) / (double)window.Sum(e => e.Weight),
        "min" => window.Min(e => e.Value),
        _ => window.Max(e => e.Value),
    };

    public static void Add(Timeline timeline, SlowWindow.Arrival e) => timeline.Add(
        e.At, "QUORUM_FAILURE", data: $$"""{"reference":"q","sector-num":{{e.Value}},"sectors-count":1}""", stamp: e.Stamp, weight: e.Weight, position: e.Position);

    public static SlowWindow.Arrival[] Arrivals((int Gap, int Delay, int Value)[] stream)
    {
        var at = 0L;
        var made = new List<SlowWindow.Arrival>();
        foreach (var (gap, delay, value) in stream)
        {
            at += gap * 1000L;
            made.Add(new SlowWindow.Arrival(at, at + (delay * 1000L), 0, (value % 2) + 1, value));
        }

        return [.. made.OrderBy(e => e.Stamp).Select((e, i) => e with { Position = i + 1 })];
    }
}
