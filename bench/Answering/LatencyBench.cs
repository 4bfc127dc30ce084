using System.Diagnostics;
using Qualm.Bench.Measuring;
using Qualm.Bench.Storing;
using Qualm.Bench.Workloads;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules;
using Qualm.Store.Writing;

namespace Qualm.Bench.Answering;

/// <summary>How long it takes from an event written to a monitor's socket to its decision committed, beside a bare insert.</summary>
internal static class LatencyBench
{
    private const int Blocks = 5;
    private const double AtMost = 3;

    private const string Rule = """
        groups:
        - name: latency
          rules:
          - alert: Stopped
            on: STOP
            resolve: [ { on: RESUME } ]
            annotations: { summary: "{{ vm.name }} stopped" }
            actions: [page]
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(Report report, Scale scale)
    {
        report.Section(
            "Latency",
            "a bare prepared one-row insert, committed; one of each in turn. Unix socket to decision committed, with its event, its page in the outbox and the progress, one event at a time, wall clock; ratio: how many times the insert's, in each of five stretches");
        await using var store = await BenchStore.OpenAsync();
        var rows = new LiveInputs(1);
        await store.MakeStreamsAsync(rows.Streams);
        await using var writer = await TurnWriter.AcquireAsync(store.Host, new TurnWriterOptions(), CancellationToken.None);
        await using var connection = await store.Host.Source.OpenConnectionAsync();
        using var insert = new BareInsert(connection, store.Limits);
        using var monitor = new BenchMonitor(Path.Combine(store.Folder, "vm-1.sock"), TimeProvider.System);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var serving = monitor.ServeAsync(ready);
        var rules = RuleSetCompiler.Compile(RuleSetText.Of([new RuleSetText.File("latency.yaml", Rule)]), QmpCatalogue.Instance).Set!;
        await using (var engine = new LiveEngine(writer, rules, monitor.Path))
        {
            await ready.Task.WaitAsync(Patience);
            var row = rows.Rows(1)[0];
            await MeasureAsync(engine, monitor, insert, row, scale.Answers / 5);
            Tell(report, await MeasureAsync(engine, monitor, insert, row, scale.Answers));
        }

        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<(double[] Ours, double[] Bare)> MeasureAsync(LiveEngine engine, BenchMonitor monitor, BareInsert insert, AppendRow row, int count)
    {
        var (ours, bare) = (new double[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            var started = Stopwatch.GetTimestamp();
            insert.Run(row);
            bare[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;

            var decided = engine.NextDecision();
            started = Stopwatch.GetTimestamp();
            monitor.SendEvent(i % 2 == 0 ? "STOP" : "RESUME");
            ours[i] = Stopwatch.GetElapsedTime(started, await decided.WaitAsync(Patience)).TotalMicroseconds;
        }

        return (ours, bare);
    }

    private static void Tell(Report report, (double[] Ours, double[] Bare) all)
    {
        foreach (var (name, part) in ((string, double)[])[("p50", 0.5), ("p99", 0.99)])
        {
            var (ours, bare) = (Percentile.Of(all.Ours, part), Percentile.Of(all.Bare, part));
            var ratio = Spread.Of(all.Ours.Chunk(all.Ours.Length / Blocks).Zip(all.Bare.Chunk(all.Bare.Length / Blocks), (a, b) => Percentile.Of(a, part) / Percentile.Of(b, part)));
            report.Row(
                FormattableString.Invariant($"{name} of {all.Ours.Length:N0}"), FormattableString.Invariant($"{ours:0} µs"), FormattableString.Invariant($"{bare:0} µs"),
                ratio, name == "p99" ? "≤ 3" : null, name == "p99" ? ratio.Median <= AtMost : null, "");
        }
    }
}
