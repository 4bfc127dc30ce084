using Qualm.Bench.Evaluating;
using Qualm.Bench.Measuring;
using Qualm.Bench.Storing;
using Qualm.Bench.Workloads;
using Qualm.Engine.Configuration;
using Qualm.Engine.Replaying;
using Qualm.Engine.Turns;
using Qualm.Ingest.Qmp;
using Qualm.Ingest.Sources;
using Qualm.Rules;
using Qualm.Store.Reading;
using Qualm.Store.Writing;

namespace Qualm.Bench.Replaying;

/// <summary>Replay from a file against the walk, and from the store against COPY … TO STDOUT.</summary>
internal static class ReplayBench
{
    private const int Vms = 1000;
    private const int Turn = 5000;
    private const double Least = 0.9;

    public static async Task RunAsync(Report report, Scale scale)
    {
        var rules = GeneratedRules.Compile(EventKind.Eight, 100);
        report.Section("Replay from a file", "the walk over the same bytes in memory; the whole of `FileReplay` from the disk, fold, 1,000 VMs, from the first event on, processor time");
        await FileAsync(report, scale, rules);
        report.Section("Replay from the store", "`psql` reading the same columns in the same order with COPY … TO STDOUT; private PostgreSQL, 1,000 VMs, from the first event on, wall clock");
        await StoreAsync(report, scale, rules);
    }

    private static async Task FileAsync(Report report, Scale scale, RuleSet rules)
    {
        var file = EventFile.Generate(EventKind.Eight, scale.FileEvents, Vms, 10_000_000 / Vms);
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, file.Bytes);
            var contest = await new Contest(
                Clock.Cpu,
                scale.Rounds,
                Side.Of("walk", file.Count, () => Walk.Over(file)),
                new Side("fold", file.Count, () => FileAsync(path, file.Count, CompiledRules.None)),
                new Side("rules", file.Count, () => FileAsync(path, file.Count, rules))).RunAsync();
            report.Row("fold only", contest, 1);
            report.Row("fold and 100 rules", contest, 2);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task FileAsync(string path, int count, RuleSet rules)
    {
        var timeline = new Timeline(QmpCatalogue.Instance, new RuleSession(rules));
        var replay = new FileReplay(timeline, new CountingSink(), null, null);
        await using var stream = File.OpenRead(path);
        await replay.RunAsync(
            stream, new FileNaming("vm"), path, (line, column, why) => throw new InvalidOperationException($"{path}:{line}:{column}: {why}"), CancellationToken.None);
        if (replay.Read != count) throw new InvalidOperationException($"{replay.Read} events of {count}");
    }

    private static async Task StoreAsync(Report report, Scale scale, RuleSet rules)
    {
        await using var store = await BenchStore.OpenAsync();
        await FillAsync(store, scale.StoreEvents);
        var columns = $"select {LogDecoder.Columns} from {store.Host.Tables.Events} order by seq_id";
        async Task ReadAsync()
        {
            await foreach (var batch in new LogReader(store.Host).ReadAsync(new LogQuery(), CancellationToken.None)) _ = batch.Count;
        }

        var contest = await new Contest(
            Clock.Wall,
            scale.Rounds,
            new Side("psql", scale.StoreEvents, () => PsqlCopy.RunAsync(store.Host.Source.ConnectionString, columns)),
            new Side("binary", scale.StoreEvents, () => DiscardAsync(store, columns)),
            new Side("reader", scale.StoreEvents, ReadAsync),
            new Side("fold", scale.StoreEvents, () => ReplayAsync(store, CompiledRules.None)),
            new Side("rules", scale.StoreEvents, () => ReplayAsync(store, rules))).RunAsync();
        report.Row("binary COPY through Npgsql, thrown away", contest, 1);
        report.Row("`LogReader`: rows decoded", contest, 2);
        report.Row("`StoreReplay`: fold only", contest, 3);
        report.Row("`StoreReplay`: fold and 100 rules", contest, 4, Least);
    }

    private static async Task ReplayAsync(BenchStore store, RuleSet rules)
    {
        var timelines = await StoreReplay.RunAsync(
            store.Host, CompiledRules.None, rules, _ => CompiledRules.None, new LogQuery(), new CountingSink(), CancellationToken.None);
        if (timelines.Count != 1) throw new InvalidOperationException($"{timelines.Count} timelines");
    }

    private static async Task DiscardAsync(BenchStore store, string columns)
    {
        await using var connection = await store.Host.Source.OpenConnectionAsync();
        await using var stream = await connection.BeginRawBinaryCopyAsync($"copy ({columns}) to stdout (format binary)");
        var bytes = new byte[256 << 10];
        while (await stream.ReadAsync(bytes, CancellationToken.None) > 0)
        {
        }
    }

    private static async Task FillAsync(BenchStore store, int count)
    {
        await using var writer = await TurnWriter.AcquireAsync(store.Host, new TurnWriterOptions(), CancellationToken.None);
        var inputs = new LiveInputs(Vms);
        for (var left = count; left > 0; left -= Turn)
        {
            var rows = inputs.Rows(Turn);
            var positions = await writer.ReserveAsync(rows.Length, CancellationToken.None);
            var turn = new Turn { Clock = rows[^1].Recorded };
            for (var i = 0; i < rows.Length; i++) turn.Add(positions[i], rows[i]);
            await writer.CommitAsync(turn, CancellationToken.None);
        }

        await using var analyze = store.Host.Source.CreateCommand($"vacuum analyze {store.Host.Tables.Events}");
        await analyze.ExecuteNonQueryAsync();
    }
}
