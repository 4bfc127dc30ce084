using Qualm.Engine.Configuration;
using Qualm.Engine.Serving;
using Qualm.Engine.Serving.Tracing;
using Qualm.Engine.Turns;
using Qualm.Model;

namespace Qualm.Engine.Tests.Serving;

public sealed class OtlpExportTests
{
    [Fact]
    public void Where_nobody_collects_no_trace_is_made()
    {
        if (!Traces.Source.HasListeners()) Traces.Derivation().ShouldBeNull();
    }

    [Fact]
    public async Task A_collector_gets_traces_and_metrics_by_their_names()
    {
        using var collector = new OtlpDouble();
        await collector.StartAsync();
        using (var export = new OtlpExport(new OtlpConfig(collector.Address, Grpc: false, "x-token=s3cret"), "1.2.3"))
        {
            await export.StartAsync(CancellationToken.None);
            var watch = Some.Watch(new ServiceHealth(TimeProvider.System)).Turns;
            var span = watch.Begin([new StampedInput.Garbage(new Instant(1), new Quarantined("s", 0, 0, "r", default, default))]);
            span = watch.Evaluated(span, rows: 1, decisions: 0);
            watch.Committed(span, 1, new Committed([], [], [], null));
            Traces.Reload(asked: true)?.Dispose();
            await export.StopAsync(CancellationToken.None);
        }

        await Until.TrueAsync(() => collector.Texts("/v1/traces").Contains("turn") && collector.Texts("/v1/metrics").Contains("qualm.turns"));
        foreach (var name in (string[])["turn", "commit", "reload", "qualm.turn.rows", "service.name", "qualm", "Qualm.Engine"]) collector.Texts("/v1/traces").ShouldContain(name);
        foreach (var name in (string[])["qualm.turns", "qualm.turn.commit.duration", "dotnet.process.memory.working_set"]) collector.Texts("/v1/metrics").ShouldContain(name);
        collector.Token.ShouldBe("s3cret");
    }

    [Fact]
    public void A_tick_alone_is_not_traced()
    {
        using var listener = new System.Diagnostics.ActivityListener { ShouldListenTo = s => s == Traces.Source, Sample = (ref _) => System.Diagnostics.ActivitySamplingResult.AllData };
        System.Diagnostics.ActivitySource.AddActivityListener(listener);
        var watch = TurnWatch.None;
        watch.Begin([new StampedInput.Tick(new Instant(1))]).Turn.ShouldBeNull();
        using var turn = watch.Begin([new StampedInput.Tick(new Instant(1)), new StampedInput.Tick(new Instant(2))]).Turn;
        turn.ShouldNotBeNull();
    }

    [Fact]
    public void So_many_traces_a_second_are_taken()
    {
        var time = new ManualTimeProvider();
        var sampler = new RateSampler(3, time);
        int Taken() => Enumerable.Range(0, 10).Count(_ => sampler.ShouldSample(default).Decision == OpenTelemetry.Trace.SamplingDecision.RecordAndSample);
        Taken().ShouldBe(3);
        Taken().ShouldBe(0);
        time.Advance(TimeSpan.FromSeconds(1));
        Taken().ShouldBe(3);
    }
}
