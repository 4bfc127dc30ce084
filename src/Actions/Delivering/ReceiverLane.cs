using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Qualm.Model;

namespace Qualm.Actions;

/// <summary>
/// The deliveries to one receiver: in order for each alert, several alerts at once. Each receiver has a lane of its own,
/// so that one that is slow or dead holds up no other.
/// </summary>
internal sealed class ReceiverLane
{
    private readonly IReceiver _receiver;
    private readonly IOutbox _outbox;
    private readonly TimeProvider _time;
    private readonly SteadyClock _clock;
    private readonly DeliveryOptions _options;
    private readonly Func<double> _jitter;
    private readonly ActionsMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Doorbell _bell = new();
    private bool _away;

    // What the process before postponed, it postponed by a clock of which nothing is known.
    private bool _released;
    private readonly CircuitBreakerStateProvider _circuit = new();
    private readonly ResiliencePipeline<DeliveryOutcome> _breaker;
    private readonly Dictionary<string, Task> _underWay = new(StringComparer.Ordinal);
    private long _leftAloneUntil;

    public ReceiverLane(
        IReceiver receiver, IOutbox outbox, TimeProvider time, DeliveryOptions options, Func<double> jitter, ActionsMetrics metrics, ILogger logger)
    {
        (_receiver, _outbox, _time, _options, _jitter, _metrics, _logger) = (receiver, outbox, time, options, jitter, metrics, logger);
        _clock = new SteadyClock(time);
        _breaker = Breaker();
    }

    public void Wake() => _bell.Ring();

    /// <summary>Delivers until it is cancelled; then lets what is under way end, for a while.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var abort = new CancellationTokenSource();
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                await StartDueAsync(abort.Token, cancellationToken);
                await _bell.WaitAsync(Pause(), _time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end, not a fault.
        }

        await DrainAsync(abort);
    }

    private async Task DrainAsync(CancellationTokenSource abort)
    {
        using var limit = new CancellationTokenSource(_options.Drain, _time);
        await using var atLimit = limit.Token.Register(abort.Cancel);
        await Task.WhenAll(_underWay.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task StartDueAsync(CancellationToken abort, CancellationToken cancellationToken)
    {
        foreach (var alert in _underWay.Where(d => d.Value.IsCompleted).Select(d => d.Key).ToArray()) _underWay.Remove(alert);
        var now = Now();
        if (now.Micros < Interlocked.Read(ref _leftAloneUntil)) return;
        var free = (_circuit.CircuitState == CircuitState.Closed ? _options.Parallel : 1) - _underWay.Count;
        if (free <= 0) return;
        foreach (var queue in await FindDueAsync(now, cancellationToken))
        {
            if (free == 0) break;
            if (_underWay.ContainsKey(queue.AlertId)) continue;
            var delivery = DeliverAsync(queue, abort);
            _underWay.Add(queue.AlertId, delivery);
            _ = RingWhenEndedAsync(delivery);
            free--;
        }
    }

    /// <summary>Only when it has ended is the alert's next message free to start.</summary>
    private async Task RingWhenEndedAsync(Task delivery)
    {
        await delivery.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _bell.Ring();
    }

    // Told once for each stretch of absence, not at every look.
    private void TellAway(Exception fault)
    {
        if (!Interlocked.Exchange(ref _away, true)) Log.OutboxAway(_logger, fault.Message, _receiver.Name);
    }

    private async Task<IReadOnlyList<PendingQueue>> FindDueAsync(Instant now, CancellationToken cancellationToken)
    {
        try
        {
            if (!_released) await _outbox.ReleaseAsync(_receiver.Name, cancellationToken);
            _released = true;
            var due = await _outbox.FindDueAsync(_receiver.Name, now, _options.Parallel + _underWay.Count, cancellationToken);
            Interlocked.Exchange(ref _away, false);
            return due;
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            TellAway(fault);
            return [];
        }
    }

    private async Task DeliverAsync(PendingQueue queue, CancellationToken abort)
    {
        try
        {
            var plan = DeliveryPlan.For(queue);
            var outcome = await _breaker.ExecuteAsync(async token => await AttemptAsync(plan, token), abort);
            await RecordAsync(plan, outcome, abort);
        }
        catch (BrokenCircuitException)
        {
            // Not attempted: it stays due.
        }
        catch (Exception fault) when (!abort.IsCancellationRequested)
        {
            // It stays due, and is not tried again at once.
            Log.DeliveryFailed(_logger, fault, queue.Entries[0].DeliveryId, _receiver.Name);
            await Task.Delay(_options.Poll, _time, abort);
        }
    }

    private async ValueTask<DeliveryOutcome> AttemptAsync(DeliveryPlan plan, CancellationToken abort)
    {
        await _outbox.BeginAsync(Ids(plan), Now(), abort);
        var started = _time.GetTimestamp();
        var outcome = "cancelled";
        using var trace = ActionsTraces.Attempt(_receiver.Name, plan.Delivery);
        _metrics.Started(_receiver.Name);
        try
        {
            var answer = await _receiver.DeliverAsync(plan.Delivery, abort);
            outcome = answer switch
            {
                DeliveryOutcome.Delivered => "delivered",
                DeliveryOutcome.Refused => "refused",
                _ => "retry",
            };
            return answer;
        }
        catch (Exception fault) when (!abort.IsCancellationRequested)
        {
            Log.ReceiverThrew(_logger, fault, _receiver.Name);
            outcome = "threw";
            return new DeliveryOutcome.Retry(null, fault.Message);
        }
        finally
        {
            trace.End(outcome);
            _metrics.Ended(_receiver.Name, outcome, _time.GetElapsedTime(started));
        }
    }

    /// <summary>Records what came of it, however long the store takes: what was delivered must not be sent again for want of a record.</summary>
    private async Task RecordAsync(DeliveryPlan plan, DeliveryOutcome outcome, CancellationToken abort)
    {
        var first = plan.Entries[0];
        var now = Now();
        var verdict = Verdict.Of(outcome, first.DecidedAt, plan.Delivery.Attempt, now, _jitter(), _options);
        if (outcome is DeliveryOutcome.Retry { After: { } asked }) LeaveAloneUntil(now + Verdict.Wait(asked, 1, 0, _options));
        Tell(plan, verdict, now);
        while (true)
        {
            try
            {
                await WriteAsync(plan, verdict, now, abort);
                return;
            }
            catch (Exception fault) when (!abort.IsCancellationRequested)
            {
                TellAway(fault);
                await Task.Delay(_options.Poll, _time, abort);
            }
        }
    }

    private Task WriteAsync(DeliveryPlan plan, Verdict verdict, Instant now, CancellationToken abort) => verdict switch
    {
        Verdict.Again again => _outbox.PostponeAsync(Ids(plan), again.Until, again.Why, abort),
        Verdict.Buried buried => _outbox.BuryAsync(Ids(plan), now, buried.Why, abort),
        _ => _outbox.CompleteAsync(Ids(plan), now, abort),
    };

    private void Tell(DeliveryPlan plan, Verdict verdict, Instant now)
    {
        var (name, delivery) = (_receiver.Name, plan.Delivery);
        switch (verdict)
        {
            case Verdict.Again again:
                Log.Postponed(_logger, name, delivery.Id, delivery.Attempt, again.Why, again.Until.ToString());
                break;
            case Verdict.Buried buried:
                _metrics.Buried(name, plan.Entries.Length);
                Log.Buried(_logger, name, delivery.Id, delivery.Attempt, buried.Why);
                break;
            default:
                _metrics.Delivered(name, now - plan.Entries[0].DecidedAt);
                Log.Delivered(_logger, name, delivery.Id, delivery.Attempt);
                break;
        }
    }

    private ResiliencePipeline<DeliveryOutcome> Breaker() =>
        new ResiliencePipelineBuilder<DeliveryOutcome> { TimeProvider = _time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<DeliveryOutcome>
            {
                FailureRatio = 1,
                MinimumThroughput = _options.BreakAfter,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = _options.BreakFor,
                StateProvider = _circuit,

                // A receiver that names its time is alive; it is left alone for just that time.
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result is DeliveryOutcome.Retry { After: null }),
                OnOpened = args =>
                {
                    LeaveAloneUntil(Now() + args.BreakDuration);
                    Log.CircuitOpened(_logger, _receiver.Name, args.BreakDuration.TotalSeconds);
                    return ValueTask.CompletedTask;
                },
                OnClosed = _ =>
                {
                    Log.CircuitClosed(_logger, _receiver.Name);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();

    private void LeaveAloneUntil(Instant until)
    {
        var known = Interlocked.Read(ref _leftAloneUntil);
        while (until.Micros > known)
        {
            var found = Interlocked.CompareExchange(ref _leftAloneUntil, until.Micros, known);
            if (found == known) return;
            known = found;
        }
    }

    private TimeSpan Pause()
    {
        var left = new Instant(Interlocked.Read(ref _leftAloneUntil)) - Now();
        return left > _options.Poll ? left : _options.Poll;
    }

    private static long[] Ids(DeliveryPlan plan) => [.. plan.Entries.Select(e => e.Id)];

    private Instant Now() => _clock.Now;
}
