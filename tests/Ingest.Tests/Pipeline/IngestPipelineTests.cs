using Microsoft.Extensions.Logging.Abstractions;
using Qualm.Ingest.Pipeline;
using Qualm.Ingest.Sources;
using Qualm.Model;

namespace Qualm.Ingest.Tests.Pipeline;

public sealed class IngestPipelineTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Waiting_reader_gets_an_input_at_once()
    {
        await using var pipeline = Pipeline();
        var source = new ScriptedSource("a");
        pipeline.Add(source);
        var reading = pipeline.Windows.ReadAsync().AsTask();
        source.Play(1);

        var window = await reading.InTime();
        window.ShouldHaveSingleItem().ShouldBeOfType<StampedInput.Event>().Received.Origin.Vm.ShouldBe("a");
    }

    [Fact]
    public async Task Reader_that_comes_late_gets_all_that_waits_in_one_window()
    {
        await using var pipeline = Pipeline();
        pipeline.Add(new ScriptedSource("a").Play(100));
        await Queued(pipeline, 100);

        (await pipeline.Windows.ReadAsync()).Count.ShouldBe(100);
    }

    [Fact]
    public async Task Window_closes_when_it_is_full()
    {
        await using var pipeline = Pipeline(new() { WindowCount = 10 });
        pipeline.Add(new ScriptedSource("a").Play(25));
        await Queued(pipeline, 25);

        pipeline.Windows.Count.ShouldBe(2);
        (await pipeline.Windows.ReadAsync()).Count.ShouldBe(10);
        (await pipeline.Windows.ReadAsync()).Count.ShouldBe(10);
        (await pipeline.Windows.ReadAsync()).Count.ShouldBe(5);
    }

    [Fact]
    public async Task Window_closes_when_it_is_old()
    {
        await using var pipeline = Pipeline();
        var source = new ScriptedSource("a").Play(3);
        pipeline.Add(source);
        await Queued(pipeline, 3);
        _time.Advance(TimeSpan.FromMilliseconds(19));
        pipeline.Windows.Count.ShouldBe(0);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        pipeline.Windows.Count.ShouldBe(1);
        source.Play(2);
        await Queued(pipeline, 5);

        (await pipeline.Windows.ReadAsync()).Count.ShouldBe(3);
        (await pipeline.Windows.ReadAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Full_windows_make_the_sources_wait_and_lose_nothing()
    {
        await using var pipeline = Pipeline(new() { WindowCount = 10, WindowCapacity = 2, SourceCapacity = 5 });
        var source = new ScriptedSource("a").Play(1000);
        pipeline.Add(source);
        await Eventually.True(() => source.Taken >= 30);
        source.Taken.ShouldBeLessThan(50);

        var inputs = await Read(pipeline, 1000);
        inputs.OfType<StampedInput.Event>().Select(e => e.Received.Ordinal).ShouldBe(Enumerable.Range(1, 1000).Select(n => (long)n));
        inputs.Zip(inputs.Skip(1)).ShouldAllBe(pair => pair.First.Stamp < pair.Second.Stamp);
    }

    [Fact]
    public async Task Flood_of_one_source_does_not_starve_another()
    {
        await using var pipeline = Pipeline(new() { WindowCount = 64, WindowCapacity = 1, SourceCapacity = 1024, Quantum = 16 });
        var flood = new ScriptedSource("flood").Play(50_000);
        pipeline.Add(flood);
        await Eventually.True(() => flood.Taken > 1000);
        var calm = new ScriptedSource("calm").Play(1);
        pipeline.Add(calm);
        await Eventually.True(() => calm.Taken == 1);

        var before = 0;
        while (true)
        {
            var window = await pipeline.Windows.ReadAsync().AsTask().InTime();
            var found = window.OfType<StampedInput.Event>().TakeWhile(e => e.Received.Origin.Vm != "calm").Count();
            before += found;
            if (found < window.Count) break;
        }

        before.ShouldBeLessThan(1500);
    }

    [Fact]
    public async Task Faulting_source_is_read_again_and_disturbs_no_other()
    {
        await using var pipeline = Pipeline();
        pipeline.Add(new ScriptedSource("bad").Play(1).Fault().Play(1));
        pipeline.Add(new ScriptedSource("good").Play(2));
        await Queued(pipeline, 3);
        await Eventually.True(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            return Depth(pipeline) >= 4;
        });

        var vms = (await Read(pipeline, 4)).OfType<StampedInput.Event>().Select(e => e.Received.Origin.Vm);
        vms.Count(vm => vm == "bad").ShouldBe(2);
    }

    [Fact]
    public async Task Stopping_lets_out_what_is_queued_and_then_completes()
    {
        await using var pipeline = Pipeline(new() { WindowCount = 10, WindowCapacity = 2 });
        var source = new ScriptedSource("a").Play(200);
        pipeline.Add(source);
        await Eventually.True(() => source.Taken == 200);
        var stopping = pipeline.StopAsync(default);
        var count = 0;
        await foreach (var window in pipeline.Windows.ReadAllAsync()) count += window.OfType<StampedInput.Event>().Count();
        await stopping.InTime();

        count.ShouldBe(200);
        await Should.ThrowAsync<System.Threading.Channels.ChannelClosedException>(() => pipeline.EnqueueAsync(at => new StampedInput.Tick(at)).AsTask());
    }

    [Fact]
    public async Task Stopping_without_a_reader_can_be_given_up()
    {
        await using var pipeline = Pipeline();
        pipeline.Add(new ScriptedSource("a").Play(5));
        await Queued(pipeline, 5);
        using var patience = new CancellationTokenSource();
        var stopping = pipeline.StopAsync(patience.Token);
        await patience.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => stopping.InTime());
    }

    [Fact]
    public async Task Other_inputs_pass_the_same_queue()
    {
        await using var pipeline = Pipeline();
        await pipeline.EnqueueAsync(at => new StampedInput.Activation(at, RuleSetText.Of([])));

        (await pipeline.Windows.ReadAsync().AsTask().InTime()).ShouldHaveSingleItem().ShouldBeOfType<StampedInput.Activation>();
    }

    [Fact]
    public async Task Idle_pipeline_ticks_and_a_busy_one_does_not()
    {
        await using var pipeline = Pipeline();
        for (var i = 0; i < 8; i++) _time.Advance(TimeSpan.FromMilliseconds(125));
        await Eventually.True(() => Depth(pipeline) > 0);
        var ticks = await Read(pipeline, 4);
        ticks.ShouldAllBe(i => i is StampedInput.Tick);
        ticks.Zip(ticks.Skip(1)).ShouldAllBe(pair => pair.Second.Stamp - pair.First.Stamp <= TimeSpan.FromMilliseconds(250));
        while (pipeline.Windows.TryRead(out _))
        {
        }

        var source = new ScriptedSource("a");
        pipeline.Add(source);
        for (var i = 0; i < 20; i++)
        {
            source.Play(1);
            await Queued(pipeline, i + 1);
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }

        (await Read(pipeline, 20)).ShouldAllBe(i => i is StampedInput.Event);
    }

    [Fact]
    public async Task Events_are_counted_per_VM_and_minute()
    {
        await using var pipeline = Pipeline();
        var minutes = new List<VmMinute>();
        using var counting = pipeline.Activity.Subscribe(minutes.Add, e => throw e);
        var a = new ScriptedSource("a").Play(3);
        var b = new ScriptedSource("b").Play(1);
        pipeline.Add(a);
        pipeline.Add(b);
        await Queued(pipeline, 4);
        var first = Instant.From(_time.GetUtcNow());
        _time.Advance(TimeSpan.FromSeconds(59));
        a.Play(1);
        await Eventually.True(() => Depth(pipeline) > 4 && a.Taken == 4);
        await Eventually.True(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return minutes.Count == 2;
        });

        minutes.OrderBy(m => m.Vm).ShouldBe([new("a", first, 4), new("b", first, 1)]);
    }

    [Fact]
    public async Task Members_of_a_group_are_read_as_they_appear()
    {
        await using var pipeline = Pipeline();
        pipeline.Add(new Group());

        (await Read(pipeline, 20)).OfType<StampedInput.Event>().Select(e => e.Received.Origin.Vm).Distinct().Count().ShouldBe(10);
    }

    private static long Depth(IngestPipeline pipeline) => pipeline.Waiting;

    private static Task Queued(IngestPipeline pipeline, int count) => Eventually.True(() => Depth(pipeline) == count);

    private static async Task<List<StampedInput>> Read(IngestPipeline pipeline, int count)
    {
        var inputs = new List<StampedInput>();
        while (inputs.Count < count) inputs.AddRange(await pipeline.Windows.ReadAsync().AsTask().InTime());
        return inputs;
    }

    private IngestPipeline Pipeline(IngestPipelineOptions? options = null) =>
        new(options ?? new(), new(), Instant.Epoch, _time, new TimeProviderScheduler(_time), Some.Metrics(), NullLogger.Instance);

    private sealed class Group : IEventSourceGroup
    {
        public string Name => "group";

        public async IAsyncEnumerable<IEventSource> MembersAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var i = 0; i < 10; i++)
            {
                await Task.Yield();
                yield return new ScriptedSource("vm" + i).Play(2).End();
            }
        }
    }
}
