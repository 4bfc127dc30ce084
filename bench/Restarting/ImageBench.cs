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

/// <summary>How long turns wait for the image of a snapshot: the rest goes on beside them.</summary>
internal static class ImageBench
{
    private const int Vms = 10_000;
    private const double MostMilliseconds = 500;
    private const string Events = "[BLOCK_IO_ERROR, QUORUM_REPORT_BAD, JOB_STATUS_CHANGE, RTC_CHANGE, NIC_RX_FILTER_CHANGED, VSERPORT_CHANGE, BALLOON_CHANGE, MEMORY_DEVICE_SIZE_CHANGE]";

    // Far more than a VM sends, so that none fires and everything is remembered.
    private const string Counted = $$"""
        groups:
        - name: image
          rules:
          - alert: Everything
            on: {{Events}}
            count: ">= 100000"
            within: 30d
            actions: [page]
        """;

    // What is awaited never comes, and what opened the wait will be shown.
    private const string Captured = $$$"""
        groups:
        - name: image
          rules:
          - alert: NotAnswered
            on: {{{Events}}}
            absent: { on: RESET }
            within: 30d
            annotations: { summary: "{{ vm.name }}: {{ event.name }} {{ event.data }}" }
            actions: [page]
        """;

    private const string Open = $$$"""
        groups:
        - name: image
          rules:
          - alert: Seen
            on: {{{Events}}}
            resolve: [ { quiet: 30d } ]
            labels: { team: storage, vm: "{{ key.vm }}" }
            annotations: { summary: "{{ vm.name }} says {{ event.name }}" }
            actions: [page]
        """;

    public static Task RunAsync(Report report, Scale scale)
    {
        report.Section("Image", FormattableString.Invariant($"{MostMilliseconds:0} ms for which turns wait while the image of a snapshot is taken; processor time, all threads; ratio: how many times the limit"));
        Measure(report, scale, FormattableString.Invariant($"{scale.Remembered:N0} counted events"), Counted, Vms, scale.Remembered);
        Measure(report, scale, FormattableString.Invariant($"{scale.Remembered:N0} captured events"), Captured, Vms, scale.Remembered);
        Measure(report, scale, FormattableString.Invariant($"{scale.Remembered / 10:N0} open alerts"), Open, scale.Remembered / 10, scale.Remembered);
        return Task.CompletedTask;
    }

    private static void Measure(Report report, Scale scale, string what, string rules, int vms, int events)
    {
        var (catalogue, text) = (QmpCatalogue.Instance, RuleSetText.Of([new RuleSetText.File("image.yaml", rules)]));
        var set = RuleSetCompiler.Compile(text, catalogue).Set!;
        var (timeline, decisions, inputs) = (new Timeline(catalogue, new RuleSession(CompiledRules.None)), new Decisions(), new LiveInputs(vms));
        timeline.Activate(set, new StampedInput.Activation(EventFile.Start, text), new Position(1), decisions);
        for (var fed = 0; fed < events;)
        {
            foreach (var input in inputs.Window(1_000).Cast<StampedInput.Event>()) timeline.Feed(input, new Position(++fed + 1), decisions);
            decisions.Forget();
        }

        var (laps, fastest) = (new double[scale.Rounds], double.MaxValue);
        var progress = new Progress(1, 1, timeline.Position, timeline.Clock, decisions.Digest);
        for (var i = 0; i < laps.Length; i++)
        {
            GC.Collect();
            var used = Environment.CpuUsage.TotalTime;
            var began = Stopwatch.GetTimestamp();
            var image = SnapshotImage.Take(timeline, progress, "");
            laps[i] = (Environment.CpuUsage.TotalTime - used).TotalMilliseconds;
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            if (i < laps.Length - 1) continue;
            began = Stopwatch.GetTimestamp();
            var packed = image.Pieces.Sum(piece => (long)PackedPiece.Pack(piece).Length);
            var packing = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            began = Stopwatch.GetTimestamp();
            SnapshotImage.Restore(image.Head, SnapshotAbout.Read(image.Head.About.Span), image.Pieces, catalogue, set);
            var restoring = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            report.Note($"The image of {what} has {image.Pieces.Sum(piece => (long)piece.Length) / 1e6:0} MB, was taken in {fastest:0} ms on the wall at best, packed into {packed / 1e6:0} MB in {packing:0} ms and taken up in {restoring:0} ms.");
        }

        var spread = Spread.Of(laps.Select(lap => lap / MostMilliseconds));
        report.Row(
            what, FormattableString.Invariant($"{Percentile.Of(laps, 0.5):0} ms"), FormattableString.Invariant($"{MostMilliseconds:0} ms"), spread, "≤ 1", spread.Median <= 1, "");
    }
}
