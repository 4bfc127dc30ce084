using System.Diagnostics;

namespace Qualm.Bench.Measuring;

/// <summary>Runs sides in turn (A B C A B C …) in one process, so that all meet the same noise, and keeps every lap.</summary>
/// <param name="clock">What ratios go by.</param>
internal sealed class Contest(Clock clock, int rounds, params IReadOnlyList<Side> sides)
{
    /// <summary>Runs and seconds before a side counts: the JIT compiles anew what has run for a while.</summary>
    private const int WarmRuns = 3;

    private const double WarmSeconds = 1;

    private readonly Lap[][] _laps = [.. sides.Select(_ => new Lap[rounds])];

    public async Task<Contest> RunAsync()
    {
        foreach (var side in sides)
        {
            var started = Stopwatch.GetTimestamp();
            for (var run = 0; run < WarmRuns || Stopwatch.GetElapsedTime(started).TotalSeconds < WarmSeconds; run++) await LapAsync(side);
        }

        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < sides.Count; i++) _laps[i][round] = await LapAsync(sides[i]);
        }

        return this;
    }

    /// <summary>Items a second of a side: the median of its laps.</summary>
    public double Rate(int side) => 1 / Spread.Of(_laps[side].Select(Time)).Median;

    /// <summary>Items a second of a side, over its laps.</summary>
    public Spread Rates(int side) => Spread.Of(_laps[side].Select(lap => 1 / Time(lap)));

    /// <summary>Bytes an item: the median of its laps.</summary>
    public double Allocated(int side) => Spread.Of(_laps[side].Select(lap => lap.Allocated)).Median;

    /// <summary>How much of the rate of <paramref name="limit"/> a side reaches, round by round.</summary>
    public Spread Ratio(int side, int limit = 0) => Spread.Of(_laps[side].Zip(_laps[limit], (mine, its) => Time(its) / Time(mine)));

    private double Time(Lap lap) => clock == Clock.Cpu ? lap.Cpu : lap.Wall;

    private static async Task<Lap> LapAsync(Side side)
    {
        side.Prepare?.Invoke();
        var (allocated, cpu, started) = (GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        await side.RunAsync();
        var wall = Stopwatch.GetElapsedTime(started);
        return new Lap(
            wall.TotalSeconds / side.Items,
            (Environment.CpuUsage.TotalTime - cpu).TotalSeconds / side.Items,
            (double)(GC.GetTotalAllocatedBytes(precise: true) - allocated) / side.Items);
    }
}
