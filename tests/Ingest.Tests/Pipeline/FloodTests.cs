using Microsoft.Extensions.Logging.Abstractions;
using Qualm.Ingest.Pipeline;
using Qualm.Model;

namespace Qualm.Ingest.Tests.Pipeline;

public sealed class FloodTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Flood_becomes_one_event_as_soon_as_the_budget_pays_for_it()
    {
        await using var pipeline = Pipeline(new());
        pipeline.Add(new ScriptedSource("a").Play(1000, foldable: true));
        await Eventually.True(() => pipeline.Waiting == 200);
        var given = await Drained(pipeline, 1000);

        given.Count.ShouldBe(201);
        given.Take(200).ShouldAllBe(e => e.Weight == 1 && e.Marks == EventMarks.NoTime && e.First == null);
        var run = given[^1];
        (run.Weight, run.Marks, run.Received.Ordinal).ShouldBe((800, EventMarks.NoTime | EventMarks.Folded, 1000));
        run.First.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(run.At);
    }

    [Fact]
    public async Task Turned_off_every_event_is_recorded_by_itself()
    {
        await using var pipeline = Pipeline(new() { Flood = null });
        pipeline.Add(new ScriptedSource("a").Play(1000, foldable: true));

        (await Drained(pipeline, 1000)).Count.ShouldBe(1000);
    }

    [Fact]
    public async Task What_may_not_be_folded_comes_behind_the_run_and_waits_for_nothing()
    {
        await using var pipeline = Pipeline(new());
        pipeline.Add(new ScriptedSource("a").Play(500, foldable: true).Play(1, "MONITOR_LOST"));
        await Eventually.True(() => pipeline.Waiting == 202);

        var given = await Drained(pipeline, 501);
        given.Select(e => e.Weight).TakeLast(2).ShouldBe([300, 1]);
        given[^1].Received.Event.Name.ShouldBe("MONITOR_LOST");
    }

    [Fact]
    public async Task Run_is_given_out_when_the_source_ends_and_when_the_pipeline_stops()
    {
        await using var pipeline = Pipeline(new());
        pipeline.Add(new ScriptedSource("a").Play(300, foldable: true).End());
        var lasting = new ScriptedSource("b").Play(400, foldable: true);
        pipeline.Add(lasting);
        await Eventually.True(() => pipeline.Waiting == 401 && lasting.Taken == 400);
        var stopping = pipeline.StopAsync(default);
        var given = new List<StampedInput.Event>();
        await foreach (var window in pipeline.Windows.ReadAllAsync()) given.AddRange(window.OfType<StampedInput.Event>());
        await stopping.InTime();

        given.GroupBy(e => e.Received.Origin.Vm).OrderBy(g => g.Key).Select(g => g.Sum(e => e.Weight)).ShouldBe([300, 400]);
    }

    [Fact]
    public async Task Source_is_read_on_while_nobody_takes_what_it_sends_and_its_queue_stays_small()
    {
        await using var pipeline = Pipeline(new() { WindowCount = 10, WindowCapacity = 2, SourceCapacity = 50 });
        var flood = new ScriptedSource("a").Play(100_000, foldable: true);
        pipeline.Add(flood);
        await Eventually.True(() => flood.Taken == 100_000);
        pipeline.Waiting.ShouldBeLessThan(100);

        (await Drained(pipeline, 100_000)).Count.ShouldBeLessThan(300);
    }

    [Fact]
    public async Task Source_whose_events_all_differ_waits_when_its_queue_is_full_and_loses_nothing()
    {
        await using var pipeline = Pipeline(new() { WindowCount = 10, WindowCapacity = 2, SourceCapacity = 50 });
        var flood = new ScriptedSource("a");
        for (var i = 0; i < 1000; i++) flood.Play(1, "E" + i, foldable: true);
        pipeline.Add(flood);
        await Eventually.True(() => flood.Taken >= 120);
        flood.Taken.ShouldBeLessThan(260);

        (await Drained(pipeline, 1000)).Select(e => e.Received.Ordinal).ShouldBe(Enumerable.Range(1, 1000).Select(n => (long)n));
    }

    [Fact]
    public async Task Queue_is_bounded_in_bytes_too()
    {
        await using var pipeline = Pipeline(new() { WindowCount = 10, WindowCapacity = 2, SourceBytes = 1000 });
        var flood = new ScriptedSource("a").Play(500);
        pipeline.Add(flood);
        await Eventually.True(() => flood.Taken >= 30);
        flood.Taken.ShouldBeLessThan(60);

        (await Drained(pipeline, 500)).Count.ShouldBe(500);
    }

    [Fact]
    public async Task Quiet_source_overtakes_the_flood_of_another()
    {
        await using var pipeline = Pipeline(new() { WindowCount = 64, WindowCapacity = 1, Quantum = 16, Flood = null });
        var flood = new ScriptedSource("flood").Play(50_000, foldable: true);
        pipeline.Add(flood);
        await Eventually.True(() => flood.Taken > 1000);
        var calm = new ScriptedSource("calm").Play(1, foldable: true);
        pipeline.Add(calm);
        await Eventually.True(() => calm.Taken == 1);

        var given = await Drained(pipeline, 50_001);
        given.FindIndex(e => e.Received.Origin.Vm == "calm").ShouldBeLessThan(400, "what waited in the windows, and one turn of the flood");
    }

    [Fact]
    public async Task Step_of_the_wall_clock_is_an_input()
    {
        await using var pipeline = Pipeline(new());
        _time.StepWall(TimeSpan.FromSeconds(-30));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        pipeline.Add(new ScriptedSource("a").Play(1));
        var given = await Drained(pipeline, 2);

        var step = given.Single(e => e.Received.Event.Name == "CLOCK_STEPPED");
        (step.Received.Origin.Vm, step.At).ShouldBe(("", step.Stamp));
        System.Text.Encoding.UTF8.GetString(step.Received.Event.Data.Span).ShouldMatch("""^\{"by":-30\d{6},"ahead":-(30|29)\d{6}\}$""");
    }

    [Fact]
    public async Task Wall_clock_behind_the_log_is_an_input_at_the_start()
    {
        await using var pipeline = new IngestPipeline(
            new(), new(), Instant.From(_time.GetUtcNow()) + TimeSpan.FromHours(1), _time, new TimeProviderScheduler(_time), Some.Metrics(), NullLogger.Instance);

        (await Drained(pipeline, 1)).Single().Received.Event.Name.ShouldBe("CLOCK_STEPPED");
    }

    // Reads until so many events are there, the clock going on a little whenever nothing comes.
    private async Task<List<StampedInput.Event>> Drained(IngestPipeline pipeline, long events)
    {
        var given = new List<StampedInput.Event>();
        await Eventually.True(() =>
        {
            while (pipeline.Windows.TryRead(out var window)) given.AddRange(window.OfType<StampedInput.Event>());
            _time.Advance(TimeSpan.FromMilliseconds(1));
            return given.Sum(e => e.Weight) >= events;
        });
        return given;
    }

    private IngestPipeline Pipeline(IngestPipelineOptions options) =>
        new(options, new(), Instant.Epoch, _time, new TimeProviderScheduler(_time), Some.Metrics(), NullLogger.Instance);
}
