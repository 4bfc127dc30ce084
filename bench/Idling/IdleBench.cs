using System.Diagnostics;
using Qualm.Bench.Measuring;
using Qualm.Bench.Restarting;

namespace Qualm.Bench.Idling;

/// <summary>What a service costs whose monitors are silent, and how it takes it when all of them come, go and come back at once.</summary>
internal static class IdleBench
{
    private const double MostMegabytes = 150;
    private const double MostPercent = 2;

    // Until the tables have settled: the snapshot of what was recorded, the published pictures, the pages.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Stretch = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(Report report, Scale scale)
    {
        report.Section(
            "Idle",
            FormattableString.Invariant($"{MostMegabytes:0} MB resident and {MostPercent:0} % of a core for the service's process alone, without its PostgreSQL and without the monitors; {scale.Monitors:N0} QMP servers on unix sockets, all of them silent, dialled by a path template; the rules that ship; ratio: how many times the limit, in stretches of ten seconds"));
        await using var service = BenchService.Make(Configure);
        using var fleet = new IdleFleet(service.Folder, scale.Monitors);
        fleet.Open();
        await service.StartAsync();
        var use = new ProcessUse(service.ProcessId);
        var came = await ComeAsync(service, fleet, scale.Monitors, 1);
        report.Note($"At the start all were connected and on record {came.TotalSeconds:0.0} s after the service was ready; the process needed {use.Peak / 1e6:0} MB at most.");
        await Task.Delay(Settling, TimeProvider.System);
        await MeasureAsync(report, use, scale, $"{scale.Monitors:N0} monitors, connected and silent");
        await LoseAsync(report, service, fleet, use, scale);
    }

    private static string Configure(string folder) =>
        $"sources:\n- qmp: {folder}/{{vm}}.sock\nrules: {Path.Combine(AppContext.BaseDirectory, "rules")}\ndata: {folder}/data\n";

    private static async Task MeasureAsync(Report report, ProcessUse use, Scale scale, string what)
    {
        var (megabytes, percents) = (new List<double>(), new List<double>());
        for (var i = 0; i < scale.IdleStretches; i++)
        {
            var (began, used) = (Stopwatch.GetTimestamp(), use.Processor);
            await Task.Delay(Stretch, TimeProvider.System);
            percents.Add(100 * (use.Processor - used).TotalSeconds / Stopwatch.GetElapsedTime(began).TotalSeconds);
            megabytes.Add(use.Resident / 1e6);
        }

        var (resident, busy) = (Spread.Of(megabytes.Select(m => m / MostMegabytes)), Spread.Of(percents.Select(p => p / MostPercent)));
        report.Row(
            $"{what}: resident", FormattableString.Invariant($"{Percentile.Of([.. megabytes], 0.5):0} MB, {use.Anonymous / 1e6:0} MB of it its own"),
            FormattableString.Invariant($"{MostMegabytes:0} MB"), resident, "≤ 1", resident.Median <= 1, "");
        report.Row(
            $"{what}: processor", FormattableString.Invariant($"{Percentile.Of([.. percents], 0.5):0.0} %"), FormattableString.Invariant($"{MostPercent:0} %"), busy, "≤ 1", busy.Median <= 1, "");
    }

    private static async Task LoseAsync(Report report, BenchService service, IdleFleet fleet, ProcessUse use, Scale scale)
    {
        var all = scale.Monitors;
        use.ForgetPeak();
        var (began, used) = (Stopwatch.GetTimestamp(), use.Processor);
        fleet.Close(leaveSockets: true);
        await service.RecordedAsync("monitor_lost", all);
        report.Note($"When all were lost at once, all losses were on record after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s and {(use.Processor - used).TotalSeconds:0.0} s of processor time, with {use.Peak / 1e6:0} MB at most.");
        await Task.Delay(Settling, TimeProvider.System);
        (began, used) = (Stopwatch.GetTimestamp(), use.Processor);
        await Task.Delay(Stretch, TimeProvider.System);
        report.Note($"While nobody listened at any of the sockets, dialling took {100 * (use.Processor - used).TotalSeconds / Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} % of a core and {use.Resident / 1e6:0} MB.");
        fleet.Clear();
        use.ForgetPeak();
        fleet.Open();
        var back = await ComeAsync(service, fleet, all, 2);
        report.Note($"When all were there again, all were connected and on record after {back.TotalSeconds:0.0} s, with {use.Peak / 1e6:0} MB at most; the monitors accepted {fleet.Accepted:N0} clients before they were lost.");
        await Task.Delay(Settling, TimeProvider.System);
        await MeasureAsync(report, use, scale with { IdleStretches = 2 }, $"{all:N0} monitors, lost and back");
    }

    private static async Task<TimeSpan> ComeAsync(BenchService service, IdleFleet fleet, int count, int times)
    {
        var began = Stopwatch.GetTimestamp();
        await service.RecordedAsync("state_resynced", times * count);
        if (fleet.Ready < count) throw new InvalidOperationException("the record tells of more monitors than there are");
        return Stopwatch.GetElapsedTime(began);
    }
}
