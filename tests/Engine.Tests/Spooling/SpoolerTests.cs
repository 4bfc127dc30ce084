using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Qualm.Engine.Spooling;
using Qualm.Ingest.Client;
using Qualm.Model;

namespace Qualm.Engine.Tests.Spooling;

public sealed class SpoolerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _root = Some.Folder();
    private readonly Channel<IReadOnlyList<StampedInput>> _windows = Channel.CreateBounded<IReadOnlyList<StampedInput>>(4);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task However_much_has_gathered_new_inputs_go_on_while_it_drains_and_half_as_many_as_are_taken_out()
    {
        var (spool, spooler, _) = Make(new SpoolOptions());
        using var held = spool;
        using var running = spooler;
        spooler.Start([Some.Events(1, 10)]);
        for (var i = 0; i < 30; i++) await _windows.Writer.WriteAsync(Some.Events((i * 1000) + 11, 1000));
        await UntilAsync(() => spool.Inputs == 30_010, () => { });

        spooler.IsDraining = true;
        for (var i = 30; i < 50; i++) await WriteAsync(Some.Events((i * 1000) + 11, 1000), () => spooler.Drained(500));
        await UntilAsync(() => spool.Inputs >= 45_010, () => spooler.Drained(2));
        (await spooler.LeaveAsync()).Count.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task A_full_spool_takes_nothing_closes_the_gates_and_gives_back_what_it_could_not_write()
    {
        var (spool, spooler, gate) = Make(new SpoolOptions { Limit = 1 << 16 });
        using var held = spool;
        using var running = spooler;
        spooler.Start([]);
        var written = 0;
        while (gate.IsOpen) await WriteAsync(Some.Events(1 + (100 * written++), 100), () => { });
        await UntilAsync(() => spool.Bytes > 1 << 16, () => { });
        for (var i = 0; i < 6 && _windows.Writer.TryWrite(Some.Events(1 + (100 * written), 100)); i++) written++;
        var left = await spooler.LeaveAsync();
        left.Count.ShouldBeLessThanOrEqualTo(1);
        spool.Bytes.ShouldBeLessThan(3 << 16);
        var read = new List<long>();
        while (spool.Read(1000) is { Count: > 0 } inputs) read.AddRange(inputs.Select(i => i.Stamp.Micros));
        read.AddRange(left.SelectMany(window => window).Select(i => i.Stamp.Micros));
        read.ShouldBe(Enumerable.Range(1, read.Count).Select(i => (long)i), "in order, none missing between what is on the disk and what is given back");
    }

    private (Spool Spool, Spooler Spooler, MonitorGate Gate) Make(SpoolOptions options)
    {
        var (spool, gate) = (new Spool(_root, "s", 3, options), new MonitorGate());
        var gates = new Gates(gate, new MonitorGate(), options, Metrics.None, NullLogger.Instance);
        return (spool, new Spooler(_windows.Reader, spool, gates, options, Metrics.None, TimeProvider.System, NullLogger.Instance), gate);
    }

    private async Task WriteAsync(IReadOnlyList<StampedInput> window, Action meanwhile)
    {
        await UntilAsync(() => _windows.Writer.TryWrite(window), meanwhile);
    }

    private static async Task UntilAsync(Func<bool> condition, Action meanwhile)
    {
        var since = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Stopwatch.GetElapsedTime(since).ShouldBeLessThan(Patience);
            meanwhile();
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
