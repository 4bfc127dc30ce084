using Qualm.Ingest.Client;
using Qualm.Ingest.Sources;

namespace Qualm.Ingest.Tests.Client;

public sealed class MonitorGateTests
{
    [Fact]
    public async Task Closing_tells_whoever_has_passed_once_and_lets_nobody_in()
    {
        var gate = new MonitorGate();
        var told = new List<string>();
        using var gone = gate.Pass(_ => told.Add("gone"));
        using var here = gate.Pass(told.Add);
        gone.Dispose();
        gate.Close("full").ShouldBe(1);
        gate.Close("fuller").ShouldBe(0);
        told.ShouldBe(["full"]);

        using var late = gate.Pass(reason => told.Add("late: " + reason));
        told.ShouldBe(["full", "late: full"]);
        var waiting = gate.WaitAsync(CancellationToken.None).AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        gate.Open();
        await waiting;
        gate.IsOpen.ShouldBeTrue();
    }

    [Fact]
    public async Task A_gated_source_keeps_what_it_has_while_the_gate_is_closed()
    {
        var gate = new MonitorGate();
        await using var items = new GatedSource(new Counting(), gate).ReadAsync(CancellationToken.None).GetAsyncEnumerator();
        (await items.MoveNextAsync()).ShouldBeTrue();
        gate.Close("full");
        var next = items.MoveNextAsync().AsTask();
        next.IsCompleted.ShouldBeFalse();
        gate.Open();
        (await next).ShouldBeTrue();
    }

    private sealed class Counting : IEventSource
    {
        public string Name => "counting";

        public async IAsyncEnumerable<SourceItem> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var i = 0; ; i++)
            {
                await Task.CompletedTask;
                yield return new SourceItem.Garbage(new Model.Quarantined("a", i, 0, "", default, default));
            }
        }
    }
}
