using System.Diagnostics;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign;

/// <summary>The engine of a round, or two of which one stands by; started again whenever they have ended, as systemd would.</summary>
internal sealed class Engines : IAsyncDisposable
{
    private const int Unavailable = 3;

    // Of one that was asked to end before it had begun, by itself or by the kernel.
    private const int Interrupted = 130;
    private const int Terminated = 143;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the store may be the reason for an end after it has come back.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(30);

    private readonly Installation _site;
    private readonly IReadOnlyList<Place> _places;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<QualmProcess> _all = [];
    private readonly QualmProcess[] _live;

    // In the order in which they were seen to serve.
    private readonly List<QualmProcess> _served = [];
    private readonly Task _keeping;
    private long _amiss = Stopwatch.GetTimestamp();
    private int _upsets;

    /// <param name="places">One for each engine.</param>
    public Engines(Installation site, IReadOnlyList<Place> places)
    {
        (_site, _places) = (site, places);
        _live = [.. places.Select(Start)];
        _keeping = KeepAsync();
    }

    /// <summary>Whether the program knows how to stand by. Without, a second one is an error.</summary>
    public static bool CanStandBy { get; } = typeof(Qualm.Engine.Hosting.ServiceHost).Assembly.GetTypes().Any(t => t.Name == "LeaseKeeper");

    /// <summary>The one that serves, as far as can be seen from outside: it said so last.</summary>
    public QualmProcess Current
    {
        get
        {
            lock (_served)
            {
                _served.AddRange(_live.Where(p => !_served.Contains(p) && p.Has("Qualm is ready")));
                return _served.LastOrDefault(p => _live.Contains(p) && !p.HasExited) ?? _live[0];
            }
        }
    }

    /// <summary>Whether another stands by.</summary>
    public bool HaveStandby => _live.Length > 1;

    /// <summary>Whether each has a data folder of its own.</summary>
    public bool AreApart => _places.Select(p => p.Data).Distinct(StringComparer.Ordinal).Count() > 1;

    /// <summary>Where <see cref="Current"/> is, among the places.</summary>
    public int CurrentPlace => Math.Max(0, Array.IndexOf(_live, Current));

    /// <summary>Where <see cref="Current"/> is.</summary>
    public Place CurrentSite => _places[CurrentPlace];

    /// <summary>Files of spools that are still to be taken in.</summary>
    public IReadOnlyList<string> Spools() =>
        [.. _places.Select(p => Path.Combine(p.Data, "spool")).Distinct(StringComparer.Ordinal).Where(Directory.Exists).SelectMany(SpoolsIn).Order(StringComparer.Ordinal)];

    /// <summary>Every process there was, in order.</summary>
    public IReadOnlyList<QualmProcess> All => _all;

    /// <summary>An end that nothing excuses; null while there is none.</summary>
    public string? Fault { get; private set; }

    /// <summary>How long nothing but the engine itself has been disturbed.</summary>
    public TimeSpan Calm => Volatile.Read(ref _upsets) > 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(Interlocked.Read(ref _amiss));

    /// <summary>Something else than a kill is being done to it, or was until now.</summary>
    public void Upset() => Interlocked.Exchange(ref _amiss, Stopwatch.GetTimestamp());

    /// <summary>The same until the result is disposed.</summary>
    public IAsyncDisposable KeepUpset()
    {
        Interlocked.Increment(ref _upsets);
        return new Upsetting(this);
    }

    /// <summary>Kills it at once and starts another.</summary>
    /// <param name="before">Done just before the kill.</param>
    /// <param name="after">Done before the other is started.</param>
    public async Task KillAsync(Func<Task>? before = null, Func<Place, Task>? after = null)
    {
        await _gate.WaitAsync();
        try
        {
            if (before is not null) await before();
            var place = Array.IndexOf(_live, Current);
            await _live[place].KillAsync();
            if (after is not null) await after(_places[place]);
            _live[place] = Start(_places[place]);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Has it drain and end, and starts another.</summary>
    public async Task RestartAsync()
    {
        await _gate.WaitAsync();
        try
        {
            var place = Array.IndexOf(_live, Current);
            var process = _live[place];
            process.Terminate();
            var ended = await process.EndAsync(Await.Patience);
            var isInterrupted = ended.Code is Interrupted or Terminated && !process.Has("Qualm is ready");
            if (ended.Code != 0 && !isInterrupted && !IsExcused(ended.Code)) Fault ??= $"stopping it, it ended with code {ended.Code}:\n{process.Said}";
            _live[place] = Start(_places[place]);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Has it drain and end for good.</summary>
    public async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _keeping;
        var serving = Current;
        foreach (var process in _live.OrderBy(p => p == serving))
        {
            process.Terminate();
            (await process.EndAsync(Await.Patience)).ShouldExit(0);
        }

        Fault.ShouldBeNull();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _keeping;
        foreach (var process in _all) await process.DisposeAsync();
        _stop.Dispose();
        _gate.Dispose();
    }

    // One that is taken in, or removed, while it is looked at is none.
    private static IEnumerable<string> SpoolsIn(string root)
    {
        try
        {
            return Directory.EnumerateFiles(root, "*.spool", SearchOption.AllDirectories).Where(f => !f.Contains("/damaged/", StringComparison.Ordinal)).ToArray();
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private QualmProcess Start(Place place)
    {
        var process = _site.StartAt(place);
        _all.Add(process);
        return process;
    }

    private bool IsExcused(int code) => code == Unavailable && Calm < Aftermath;

    private async Task KeepAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await _gate.WaitAsync();
            try
            {
                for (var i = 0; i < _live.Length; i++)
                {
                    if (!_live[i].HasExited) continue;
                    var ended = await _live[i].EndAsync();
                    if (!IsExcused(ended.Code)) Fault ??= $"the engine ended by itself with code {ended.Code}:\n{_live[i].Said}";
                    _live[i] = Start(_places[i]);
                }

                // Who serves is seen in the order in which it comes about.
                _ = Current;
            }
            finally
            {
                _gate.Release();
            }

            await Task.Delay(Look, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private sealed class Upsetting(Engines engines) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            engines.Upset();
            Interlocked.Decrement(ref engines._upsets);
            return ValueTask.CompletedTask;
        }
    }
}
