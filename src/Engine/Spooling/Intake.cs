using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Qualm.Engine.Turns;
using Qualm.Model;

namespace Qualm.Engine.Spooling;

/// <summary>
/// Leads windows of inputs into the turns. While a turn cannot be committed, what follows it goes to the spool, the turn's own inputs
/// first; when it is, all that was spooled is taken in order, new inputs going in behind, until nothing is left.
/// </summary>
/// <param name="committed">The clock of all that is committed. From any thread.</param>
/// <param name="taken">Called between turns.</param>
internal sealed class Intake(
    ChannelReader<IReadOnlyList<StampedInput>> windows,
    TurnLoop loop,
    Func<Instant> committed,
    Func<ValueTask> taken,
    Spool spool,
    string folder,
    Outage outage,
    Gates gates,
    SpoolOptions options,
    SpoolMetrics metrics,
    TimeProvider time,
    ILogger logger) : IDisposable
{
    /// <summary>Inputs of a turn that is taken from the spool.</summary>
    private const int DrainedAtOnce = 16_384;

    /// <summary>How long leaving waits for what is on its way between sources and spool.</summary>
    private static readonly TimeSpan Leaving = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _giveUp = new();
    private IReadOnlyList<StampedInput> _before = [];
    private IReadOnlyList<StampedInput> _current = [];
    private Instant _last = Instant.MinValue;
    private long _begun;
    private bool _taking;
    private volatile bool _ended;
    private Spooler? _spooler;

    // Read from the sources and written nowhere, in their order; behind what is in flight, before all that is to come.
    private readonly Queue<IReadOnlyList<StampedInput>> _rest = [];

    /// <summary>Takes windows until there are none any more, and all of them are committed, or on the disk.</summary>
    /// <param name="stopping">When cancelled, sources are being stopped; a store that is away is then waited for a moment only.</param>
    /// <param name="stopped">When cancelled, nothing is waited for any more.</param>
    /// <returns>Whether all is committed; else some of it waits on the disk for the next start.</returns>
    public async Task<bool> RunAsync(Func<Task> stopSources, CancellationToken stopping, CancellationToken stopped)
    {
        outage.Begun = BeginSpooling;
        metrics.Watch(Measure);
        await using var timer = time.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
        await using var atStop = stopping.Register(() => _ = GiveUpAsync());
        await using var atEnd = stopped.Register(_giveUp.Cancel);
        try
        {
            await TakeAllAsync();
            return true;
        }
        catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
        {
            await LeaveAllAsync(stopSources);
            return false;
        }
        catch
        {
            await LeaveAllAsync(stopSources);
            throw;
        }
        finally
        {
            outage.Begun = null;
            _ended = true;
        }
    }

    public void Dispose() => _giveUp.Dispose();

    private async Task TakeAllAsync()
    {
        while (true)
        {
            if (Spools) await DrainAsync();
            else if (!await windows.WaitToReadAsync(CancellationToken.None)) break;
            while (!Spools && windows.TryRead(out var window)) await TakeAsync(window);
        }

        await FlushAsync();
        if (Spools) await DrainAsync();
    }

    private bool Spools
    {
        get
        {
            lock (_lock) return _spooler is not null;
        }
    }

    private async Task TakeAsync(IReadOnlyList<StampedInput> inputs)
    {
        lock (_lock) (_before, _current, _taking, _begun) = (_current, inputs, true, time.GetTimestamp());
        try
        {
            await loop.TakeAsync(inputs, _giveUp.Token);
        }
        finally
        {
            lock (_lock) _taking = false;
        }

        _last = Instant.Max(_last, inputs[^1].Stamp);
        await taken();
    }

    private async Task FlushAsync()
    {
        lock (_lock) (_taking, _begun) = (true, time.GetTimestamp());
        try
        {
            await loop.FlushAsync(_giveUp.Token);
        }
        finally
        {
            lock (_lock) _taking = false;
        }
    }

    // What the store does not answer may still be written: it is on its way, and on the disk as well.
    private void Look()
    {
        lock (_lock)
        {
            if (!_taking || time.GetElapsedTime(_begun) < options.Patience) return;
        }

        if (loop.IsDeriving) BeginSpooling();
        else outage.Begin($"no answer to a commit for {options.Patience.TotalSeconds:0} s");
    }

    private void BeginSpooling() => BeginSpooling(always: false);

    private void BeginSpooling(bool always)
    {
        lock (_lock)
        {
            if (_spooler is not null || !(_taking || always)) return;
            _spooler = new Spooler(windows, spool, gates, options, metrics, time, logger);
            _spooler.Start([_before, _current, .. _rest]);
            _rest.Clear();
        }

        Log.Spooling(logger, folder);
    }

    private async Task DrainAsync()
    {
        var spooler = _spooler!;
        var held = spool.Inputs;
        if (outage.Current is not null) Log.SpoolDraining(logger, held);
        spooler.IsDraining = true;
        long drained = 0;
        var left = false;
        while (true)
        {
            var inputs = spool.Read(DrainedAtOnce);
            if (inputs.Count == 0 && spool.TakeDamage() is { } damage)
            {
                await TakeNewAsync(Damaged(damage));
                continue;
            }

            if (inputs.Count > 0)
            {
                await TakeNewAsync(inputs);
                drained += inputs.Count;
                spool.Trim(committed());
                spooler.Drained(inputs.Count);
                continue;
            }

            if (left) break;
            left = true;
            var rest = await spooler.LeaveAsync();
            spooler.Dispose();
            lock (_lock)
            {
                _spooler = null;
                foreach (var window in rest) _rest.Enqueue(window);
            }
        }

        // Whatever is taken from it is in flight from then on: the next spooler is given it once.
        while (!Spools && _rest.TryDequeue(out var window)) await TakeNewAsync(window);

        if (!Spools) await FlushAsync();

        // Away again: what is left has gone to the next spooler.
        if (Spools) return;
        spool.Clear();
        gates.OpenAll();
        if (outage.End() is { } length) Log.SpoolDrained(logger, drained, length.TotalSeconds);
    }

    private async Task TakeNewAsync(IReadOnlyList<StampedInput> inputs)
    {
        if (inputs.Count > 0 && inputs[0].Stamp <= _last) inputs = [.. inputs.Where(input => input.Stamp > _last)];
        if (inputs.Count > 0) await TakeAsync(inputs);
    }

    private List<StampedInput> Damaged(SpoolDamage damage)
    {
        metrics.Damaged();
        var kept = spool.PutAside(damage);
        Log.SpoolDamaged(logger, damage.File, damage.Offset, damage.Why, damage.Rest.Length, kept);
        gates.Reconnect("the spool was damaged: events may be missing");
        return [SpoolGap.Quarantine(damage, kept, new Instant(_last.Micros + 1))];
    }

    private async Task GiveUpAsync()
    {
        // A commit without an answer is waited for as long as the host waits: it may still succeed.
        await Task.Delay(options.Farewell, time, CancellationToken.None);
        while (!_ended && !loop.IsWaiting) await Task.Delay(LookEvery, time, CancellationToken.None);
        try
        {
            await _giveUp.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has ended meanwhile.
        }
    }

    // Everything that was received goes to the disk, where the next start finds it.
    private async Task LeaveAllAsync(Func<Task> stopSources)
    {
        BeginSpooling(always: true);
        _ = stopSources();
        using var patience = new CancellationTokenSource(Leaving, time);
        var spooler = _spooler!;
        spooler.IsDraining = false;
        if (!await spooler.EndAsync(patience.Token)) Log.SpoolUnwritable(logger, "the service ends before everything was written");
        spool.Trim(committed());
        if (spool.Inputs > 0) Log.SpoolLeft(logger, spool.Inputs, folder);
    }

    private (long Inputs, long Bytes, double Age) Measure() =>
        (spool.Inputs, spool.Bytes, spool.Oldest is { } oldest ? Math.Max(0, (Instant.From(time.GetUtcNow()) - oldest).TotalSeconds) : 0);
}
