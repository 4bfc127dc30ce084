using System.Diagnostics;
using Qualm.Acceptance.Tests.Campaign.Rules;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign.Traffic;

/// <summary>A fake QEMU that lives: bursts and pauses, a run state, a clock of its own. Knows what must be on record of what it has sent.</summary>
internal sealed class Machine : IAsyncDisposable
{
    /// <summary>What was sent so long before a crash is on record, unless something else was amiss.</summary>
    private static readonly TimeSpan Promptness = TimeSpan.FromSeconds(10);

    /// <summary>What was sent so long ago to an engine that cannot write, it has put aside.</summary>
    private static readonly TimeSpan Aside = TimeSpan.FromSeconds(5);

    private readonly Dice _dice;
    private readonly EventKind[] _habits;
    private readonly MachineClock _clock;
    private readonly Lock _lock = new();
    private readonly List<(SentEvent Event, long When)> _sent = [];
    private readonly Dictionary<int, int> _least = [];
    private readonly List<Flood> _floods = [];

    /// <param name="isWild">Whether it floods now and then. One with a single monitor may.</param>
    public Machine(IFakeMonitor fake, string vm, bool isWild, Dice dice)
    {
        (Fake, Vm, IsWild, _dice) = (fake, vm, isWild, dice);
        _habits = [.. dice.Some(dice.Between(3, 8), EventKind.Named), EventKind.Stop, EventKind.Resume, EventKind.Reset];
        _clock = MachineClock.Throw(dice);
    }

    public IFakeMonitor Fake { get; }

    public string Vm { get; }

    /// <summary>Whether it floods now and then.</summary>
    public bool IsWild { get; }

    /// <summary>How many events of each connection must be on record at least, because they were sent long before it was cut.</summary>
    public IReadOnlyDictionary<int, int> Least => _least;

    /// <summary>What it sent besides single events.</summary>
    public IReadOnlyList<Flood> Floods => _floods;

    /// <summary>Connections that a crash or stop of the engine may have cut; of any other everything must be on record.</summary>
    public HashSet<int> Cut { get; } = [];

    /// <summary>Sends until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            for (var left = _dice.Between(1, 25); left > 0 && !over.IsCancellationRequested; left--)
            {
                await SendAsync(_dice.Chance(90) ? _dice.Of(_habits) : _dice.Of(EventKind.Noise, EventKind.Shutdown));
                if (_dice.Chance(60)) await Task.Delay(_dice.UpTo(8), CancellationToken.None);
            }

            if (IsWild && _dice.Chance(5)) await FloodAsync();
            await Task.Delay(_dice.UpTo(700), over).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    public async Task<SentEvent?> SendAsync(EventKind kind)
    {
        var data = kind.Data(_dice);
        Fake.Status = kind.Name switch
        {
            "STOP" => "paused",
            "RESUME" or "RESET" => "running",
            "GUEST_PANICKED" when (string?)data["action"] == "pause" => "guest-panicked",
            "SHUTDOWN" => "shutdown",
            _ => Fake.Status,
        };
        var sent = await Fake.SendAsync(kind.Name, data, _clock.Next(_dice));
        if (sent is null) return null;
        lock (_lock) _sent.Add((sent, Stopwatch.GetTimestamp()));
        return sent;
    }

    /// <summary>Has it know that its monitor is about to be lost.</summary>
    /// <param name="calmFor">How long nothing was amiss before.</param>
    public void ExpectCut(TimeSpan calmFor)
    {
        lock (_lock)
        {
            Cut.Add(Fake.Connections);
            if (calmFor >= Promptness) Keep(Promptness);
        }
    }

    /// <summary>Has it know that whoever reads it cannot write, and will end, but loses nothing.</summary>
    public void ExpectKept()
    {
        lock (_lock) Keep(Aside);
    }

    /// <summary>Has it know that what was put aside may have been lost by a fault of the disk.</summary>
    public void ForgiveLoss()
    {
        lock (_lock)
        {
            _least.Clear();
            Cut.Add(Fake.Connections);
        }
    }

    public ValueTask DisposeAsync() => Fake.DisposeAsync();

    private void Keep(TimeSpan age)
    {
        var sent = _sent.Where(s => s.Event.Connection == Fake.Connections && Stopwatch.GetElapsedTime(s.When) > age).Select(s => s.Event.Serial).DefaultIfEmpty(0).Max();
        if (sent > 0) _least[Fake.Connections] = sent;
    }

    private async Task FloodAsync()
    {
        // So that it is known where the flood stands.
        if (Fake is not FakeQemu { Served: { } connection } || await SendAsync(EventKind.DiskError) is not { } before || before.Connection != Fake.Connections) return;
        var text = new FloodText(before.Connection, _floods.Count + 1, _dice);
        var sent = await text.SendAsync(connection, _dice.Of(500, 2000, 6000), TimeSpan.FromMilliseconds(_dice.Between(100, 1200)), _clock.Off);
        lock (_lock) _floods.Add(new Flood(before.Connection, before.Serial, sent, _floods.Count + 1));
    }
}
