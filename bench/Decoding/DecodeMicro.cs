using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Qualm.Bench.Workloads;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Bench.Decoding;

/// <summary>The decoding loops under BenchmarkDotNet, for a closer look at one of them. Ratios come from <see cref="DecodeBench"/>.</summary>
[MemoryDiagnoser]
public class DecodeMicro
{
    private const int Events = 10_000;

    private readonly MemberSlot[] _slots = new MemberSlot[QmpCatalogue.Instance.MostSlots];
    private readonly EventFile _file = EventFile.Generate(EventKind.Eight, Events);

    public static void Run() => BenchmarkRunner.Run<DecodeMicro>(
        ManualConfig.Create(DefaultConfig.Instance).WithArtifactsPath(Path.Combine(Path.GetTempPath(), "qualm-bench-artifacts")).AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));

    [Benchmark(Baseline = true, OperationsPerInvoke = Events)]
    public long BareReader() => Walk.Over(_file);

    [Benchmark(OperationsPerInvoke = Events)]
    public void Lines() => DecodeLoops.Lines(_file, _slots);

    [Benchmark(OperationsPerInvoke = Events)]
    public Task Document() => DecodeLoops.DocumentAsync(_file);
}
