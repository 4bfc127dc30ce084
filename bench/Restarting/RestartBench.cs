using System.Diagnostics;
using Qualm.Bench.Measuring;
using Qualm.Bench.Workloads;

namespace Qualm.Bench.Restarting;

/// <summary>How long the service is away when it and its PostgreSQL are killed, with a look-back that remembers every event there was.</summary>
internal static class RestartBench
{
    private const int Vms = 10_000;
    private const double AtMost = 5;

    // Far more than a VM sends, so that none fires and everything is remembered.
    private const string Rules = """
        groups:
        - name: restart
          rules:
          - alert: Everything
            on: [BLOCK_IO_ERROR, QUORUM_REPORT_BAD, JOB_STATUS_CHANGE, RTC_CHANGE, NIC_RX_FILTER_CHANGED, VSERPORT_CHANGE, BALLOON_CHANGE, MEMORY_DEVICE_SIZE_CHANGE]
            by: [vm.id]
            count: ">= 100000"
            within: 30d
            actions: [page]
        """;

    public static async Task RunAsync(Report report, Scale scale)
    {
        report.Section(
            "Restart",
            FormattableString.Invariant($"{AtMost:0} s, wall clock, from `kill -9` of the service and of its private PostgreSQL to the log line that says that it serves again; {Vms:N0} VMs; ratio: how many times the limit"));
        await using var service = BenchService.Make(Rules, EventFile.Generate(EventKind.Eight, scale.Remembered, Vms).Bytes);
        await service.StartAsync();
        await service.RecordedAsync(scale.Remembered);
        await MeasureAsync(report, service, scale, "right after the last event", FormattableString.Invariant($"{scale.Remembered:N0} events remembered"));
        await MeasureAsync(report, service, scale, "of the private PostgreSQL nothing to recover", "the service alone killed", alone: true);
    }

    private static async Task MeasureAsync(Report report, BenchService service, Scale scale, string when, string what, bool alone = false)
    {
        var seconds = new double[scale.Rounds];
        for (var i = 0; i < seconds.Length; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await service.KillAsync(alone);
            await service.StartAsync();
            seconds[i] = Stopwatch.GetElapsedTime(began).TotalSeconds;
            report.Note($"{what}, {when}, round {i + 1}: {seconds[i]:0.0} s. {service.State}");
        }

        var spread = Spread.Of(seconds.Select(s => s / AtMost));
        report.Row(
            $"{what}, {when}", FormattableString.Invariant($"{Percentile.Of(seconds, 0.5):0.0} s"), FormattableString.Invariant($"{AtMost:0.0} s"), spread, "≤ 1", spread.Median <= 1, "");
    }
}
