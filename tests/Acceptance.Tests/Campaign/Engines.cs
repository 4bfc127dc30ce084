using System.Diagnostics;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign;

/// <summary>The engine of a round, started again whenever it has ended, as systemd would.</summary>
internal sealed class Engines : IAsyncDisposable
{
    private const int Unavailable = 3;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the store may be the reason for an end after it has come back.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(30);

    private readonly Installation _site;
    private readonly string? _clock;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<QualmProcess> _all = [];
    private readonly Task _keeping;
    private long _amiss = Stopwatch.GetTimestamp();

    /// <param name="clock">File of a clock that can be stepped; null for the machine's.</param>
    public Engines(Installation site, string? clock)
    {
        (_site, _clock) = (site, clock);
        Start();
        _keeping = KeepAsync();
    }

    public QualmProcess Current { get; private set; } = null!;

    /// <summary>Every process there was, in order.</summary>
    public IReadOnlyList<QualmProcess> All => _all;

    /// <summary>An end that nothing excuses; null while there is none.</summary>
    public string? Fault { get; private set; }

    /// <summary>How long nothing but the engine itself has been disturbed.</summary>
    public TimeSpan Calm => Stopwatch.GetElapsedTime(Interlocked.Read(ref _amiss));

    /// <summary>Something else than a kill is being done to it, or was until now.</summary>
    public void Upset() => Interlocked.Exchange(ref _amiss, Stopwatch.GetTimestamp());

    /// <summary>Kills it at once and starts another.</summary>
    /// <param name="before">Done just before the kill.</param>
    public async Task KillAsync(Func<Task>? before = null)
    {
        await _gate.WaitAsync();
        try
        {
            if (before is not null) await before();
            await Current.KillAsync();
            Start();
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
            Current.Terminate();
            var ended = await Current.EndAsync(Await.Patience);
            if (ended.Code != 0 && !IsExcused(ended.Code)) Fault ??= $"stopping it, it ended with code {ended.Code}:\n{Current.Said}";
            Start();
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
        Current.Terminate();
        (await Current.EndAsync(Await.Patience)).ShouldExit(0);
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

    private void Start()
    {
        Current = _clock is null ? _site.Start() : _site.StartOther("Qualm.Acceptance.Tests.dll", "engine", _clock);
        _all.Add(Current);
    }

    private bool IsExcused(int code) => code == Unavailable && Calm < Aftermath;

    private async Task KeepAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await _gate.WaitAsync();
            try
            {
                if (Current.HasExited)
                {
                    var ended = await Current.EndAsync();
                    if (!IsExcused(ended.Code)) Fault ??= $"the engine ended by itself with code {ended.Code}:\n{Current.Said}";
                    Start();
                }
            }
            finally
            {
                _gate.Release();
            }

            await Task.Delay(Look, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }
}
