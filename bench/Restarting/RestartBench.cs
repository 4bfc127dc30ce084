using System.Diagnostics;
using Qualm.Bench.Measuring;
using Qualm.Bench.Workloads;
using Qualm.Engine.Configuration;
using Qualm.Engine.Snapshotting;
using Qualm.Engine.Turns;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules;
using Qualm.Store.Snapshots;
using Qualm.Store.Writing;

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
        Image(report, scale);
        await using var service = BenchService.Make(Rules, EventFile.Generate(EventKind.Eight, scale.Remembered, Vms).Bytes);
        await service.StartAsync();
        await service.RecordedAsync(scale.Remembered);
        await MeasureAsync(report, service, scale, "right after the last event", FormattableString.Invariant($"{scale.Remembered:N0} events remembered"));
        await MeasureAsync(report, service, scale, "of the private PostgreSQL nothing to recover", "the service alone killed", alone: true);
    }

    // What turns wait for is the image alone; the rest goes on beside them.
    private static void Image(Report report, Scale scale)
    {
        var (catalogue, text) = (QmpCatalogue.Instance, RuleSetText.Of([new RuleSetText.File("restart.yaml", Rules)]));
        var set = RuleSetCompiler.Compile(text, catalogue).Set!;
        var (timeline, decisions, inputs) = (new Timeline(catalogue, new RuleSession(CompiledRules.None)), new Decisions(), new LiveInputs(Vms));
        timeline.Activate(set, new StampedInput.Activation(EventFile.Start, text), new Position(1), decisions);
        for (var fed = 0; fed < scale.Remembered;)
        {
            foreach (var input in inputs.Window(1_000).Cast<StampedInput.Event>()) timeline.Feed(input, new Position(++fed + 1), decisions);
        }

        var laps = new double[scale.Rounds];
        var progress = new Progress(1, 1, timeline.Position, timeline.Clock, decisions.Digest);
        for (var i = 0; i < laps.Length; i++)
        {
            var began = Stopwatch.GetTimestamp();
            var image = SnapshotImage.Take(timeline, progress, "");
            laps[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            began = Stopwatch.GetTimestamp();
            var packed = image.Pieces.Sum(piece => (long)PackedPiece.Pack(piece).Length);
            var packing = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            began = Stopwatch.GetTimestamp();
            SnapshotImage.Restore(image.Head, SnapshotAbout.Read(image.Head.About.Span), image.Pieces, catalogue, set);
            var bytes = image.Pieces.Sum(piece => (long)piece.Length);
            if (i == laps.Length - 1)
                report.Note($"The image of {scale.Remembered:N0} remembered events, {bytes / 1e6:0} MB, was taken in {laps.Order().First():0} to {laps.Max():0} ms, packed into {packed / 1e6:0} MB in {packing:0} ms and taken up in {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms.");
        }
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
