using Microsoft.Extensions.Logging.Abstractions;
using Qualm.Bench.Measuring;
using Qualm.Bench.Workloads;
using Qualm.Engine.Configuration;
using Qualm.Engine.Turns;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules;
using Qualm.Store.Writing;

namespace Qualm.Bench.Storing;

/// <summary>Turns against raw COPY and bare inserts of the same rows.</summary>
internal static class AppendBench
{
    private const int Streams = 1000;
    private const int Window = 4096;
    private const int Windows = 6;
    private const double Least = 0.8;

    public static async Task RunAsync(Report report, Scale scale)
    {
        report.Section(
            "Append",
            "one raw binary COPY of the same rows, encoded beforehand, into the same tables (indexes and foreign key); for single events a loop of bare prepared one-row inserts. Private PostgreSQL, fsync on, 1,000 streams, wall clock");
        await using var store = await BenchStore.OpenAsync();
        var inputs = new LiveInputs(Streams);
        await store.MakeStreamsAsync(inputs.Streams);
        await using var writer = await TurnWriter.AcquireAsync(store.Host, new TurnWriterOptions(), CancellationToken.None);
        await using var connection = await store.Host.Source.OpenConnectionAsync();
        var copy = new RawCopy(connection, store.Limits);
        await SinglesAsync(report, scale, store, writer, inputs);
        foreach (var (size, turns) in ((int, int)[])[(100, 20), (1000, 4), (5000, 2)]) await BatchesAsync(report, scale, store, copy, writer, inputs, size, turns);
        await SaturatedAsync(report, scale, copy, writer, inputs);
    }

    private static async Task SinglesAsync(Report report, Scale scale, BenchStore store, TurnWriter writer, LiveInputs inputs)
    {
        const int ALap = 100;
        var (turns, alone) = (new Turns(writer, inputs, 1), new Turns(writer, inputs, 1));
        await using var connection = await store.Host.Source.OpenConnectionAsync();
        using var insert = new BareInsert(connection, store.Limits);
        void Insert()
        {
            for (var i = 0; i < ALap; i++) insert.Run(turns.Rows[0]);
        }

        var contest = await new Contest(
            Clock.Wall,
            scale.Rounds * 4,
            Side.Of("insert", ALap, Insert),
            new Side("turns", ALap, () => turns.RunAsync(ALap)),
            new Side("alone", ALap, () => alone.RunAloneAsync(ALap))).RunAsync();
        report.Row("turns of 1 event (events, progress), the next made while one commits, against the insert loop", contest, 1, Least);
        report.Row("the same, each begun when the one before it is committed", contest, 2);
        var (reserve, commit) = alone.Parts;
        report.Note($"A turn of one event by itself: {reserve * 1e6:0} µs for its position, {commit * 1e6:0} µs for its commit (medians); a bare insert {1e6 / contest.Rate(0):0} µs.");
    }

    private static async Task BatchesAsync(Report report, Scale scale, BenchStore store, RawCopy copy, TurnWriter writer, LiveInputs inputs, int size, int count)
    {
        var turns = new Turns(writer, inputs, size);
        await store.MakeStreamsAsync(turns.Rows.Select(r => r.Stream));
        void Encode()
        {
            for (var i = 0; i < count; i++) copy.Encode(turns.Rows);
        }

        var rows = (long)turns.Rows.Length * count;
        var contest = await new Contest(
            Clock.Wall, scale.Rounds, new Side("copy", rows, copy.RunAsync) { Prepare = Encode }, new Side("turns", rows, () => turns.RunAsync(count))).RunAsync();
        report.Row(FormattableString.Invariant($"turns of {size:N0} events (events, decisions, progress, outbox)"), contest, 1, size == 1000 ? Least : null);
    }

    /// <summary>The engine's own loop on full windows: fold, 100 rules, decisions, digest, outbox, commit.</summary>
    private static async Task SaturatedAsync(Report report, Scale scale, RawCopy copy, TurnWriter writer, LiveInputs inputs)
    {
        var timeline = new Timeline(QmpCatalogue.Instance, new RuleSession(GeneratedRules.Compile(EventKind.Eight, 100)));
        var live = new LiveTurn(timeline, new Decisions(), _ => CompiledRules.None, writer.Epoch, observed: false);
        var loop = new TurnLoop(writer, (_, _) => Task.FromResult(live), _ => Task.CompletedTask, _ => { }, TimeProvider.System, NullLogger.Instance);
        Queue<StampedInput[]> windows = [];
        var contest = await new Contest(
            Clock.Wall,
            scale.Rounds,
            new Side("copy", Window * Windows, copy.RunAsync)
            {
                Prepare = () =>
                {
                    for (var i = 0; i < Windows; i++) copy.Encode(inputs.Rows(Window));
                },
            },
            new Side("loop", Window * Windows, async () =>
            {
                while (windows.TryDequeue(out var window)) await loop.TakeAsync(window, CancellationToken.None);
                await loop.FlushAsync(CancellationToken.None);
            })
            {
                Prepare = () =>
                {
                    for (var i = 0; i < Windows; i++) windows.Enqueue(inputs.Window(Window));
                },
            }).RunAsync();
        report.Row("turn loop on full windows of 4,096, the next taken while one commits (fold, 100 rules, digest, outbox, commit)", contest, 1, Least);
    }
}
