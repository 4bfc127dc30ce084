using System.Diagnostics;
using Qualm.Engine.Serving.Metrics;
using Qualm.Engine.Serving.Tracing;
using Qualm.Engine.Turns;
using Qualm.Model;

namespace Qualm.Engine.Serving;

/// <summary>What the turn loop tells of itself: that it is alive, how long its turns take, and what they bring.</summary>
/// <param name="metrics">Null where nothing is measured.</param>
internal sealed class TurnWatch(ServiceHealth health, EngineMetrics? metrics, TimeProvider time)
{
    /// <summary>For a loop that nobody watches.</summary>
    public static TurnWatch None { get; } = new(new ServiceHealth(TimeProvider.System), null, TimeProvider.System);

    public ServiceHealth Health => health;

    /// <summary>A turn begins. One that holds nothing but a tick is not traced: there are four a second.</summary>
    public TurnSpan Begin(IReadOnlyList<StampedInput> inputs)
    {
        health.Beat();
        var isTick = inputs.Count == 0 || (inputs.Count == 1 && inputs[0] is StampedInput.Tick);
        return new TurnSpan(inputs.Count, time.GetTimestamp(), isTick ? null : Traces.Source.StartActivity("turn"), null);
    }

    /// <summary>Its inputs are folded and evaluated; it goes to the store.</summary>
    public TurnSpan Evaluated(in TurnSpan span, int rows, int decisions)
    {
        health.Beat();
        metrics?.Evaluated(time.GetElapsedTime(span.Started));
        span.Turn?.SetTag("qualm.turn.inputs", span.Inputs).SetTag("qualm.turn.rows", rows).SetTag("qualm.turn.decisions", decisions);
        return span with { Started = time.GetTimestamp(), Commit = span.Turn is { } turn ? Traces.Source.StartActivity("commit", ActivityKind.Client, turn.Context) : null };
    }

    /// <summary>There was nothing to write.</summary>
    public static void Drop(in TurnSpan span) => span.Turn?.Dispose();

    public void Committed(in TurnSpan span, int rows, Committed turn)
    {
        metrics?.Committed(span.Inputs, rows, turn, time.GetElapsedTime(span.Started));
        span.Commit?.Dispose();
        span.Turn?.Dispose();
    }

    public void Failed(in TurnSpan span, Exception fault)
    {
        metrics?.Failed(fault is Store.TurnRefusedException ? "refused" : "store");
        span.Commit.Fail(fault);
        span.Turn.Fail(fault);
        span.Commit?.Dispose();
        span.Turn?.Dispose();
    }

    /// <summary>Waits for the store, and says so.</summary>
    public async Task AwaitAsync(Task store)
    {
        if (store.IsCompletedSuccessfully) return;
        health.Waits();
        try
        {
            await store;
        }
        finally
        {
            health.GoesOn();
        }
    }
}
