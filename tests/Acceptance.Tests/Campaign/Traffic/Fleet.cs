using System.Diagnostics;
using System.Globalization;
using Qualm.Acceptance.Tests.Campaign.Rules;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign.Traffic;

/// <summary>The machines of a round, reached in all the ways there are, and perhaps a file.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private static readonly TimeSpan SendAgain = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _over = new();
    private readonly List<Task> _traffic = [];

    private Fleet(IReadOnlyList<Machine> machines, TailFile? tail) => (Machines, Tail) = (machines, tail);

    public IReadOnlyList<Machine> Machines { get; }

    /// <summary>Null when there is none.</summary>
    public TailFile? Tail { get; }

    /// <summary>Machines with two monitors.</summary>
    public IEnumerable<TwinQemu> Twins => Machines.Select(m => m.Fake).OfType<TwinQemu>();

    public bool IsServed => Machines.All(m => m.Fake.IsServed);

    public override string ToString() =>
        $"{Machines.Count} VMs{(Twins.Any() ? $", {Twins.Count()} with two monitors" : "")}{(Machines.Any(m => m.IsWild) ? $", {Machines.Count(m => m.IsWild)} that floods" : "")}{(Tail is null ? "" : ", a file")}";

    /// <summary>Makes them, and has the installation listen to them.</summary>
    public static Fleet Make(Installation site, Dice dice, int most)
    {
        var machines = new List<Machine>();
        var folder = site.Workspace.Folder;
        site.From($"qmp: {folder}/q/{{host}}/{{vm}}.sock").From($"listen: {folder}/dial.sock");
        for (var i = dice.Between(1, most); i > 0; i--)
        {
            var (vm, host) = ($"vm-{i}", $"h{dice.Between(1, 2)}");
            var style = dice.Chance(15) ? new FakeStyle(Pretty: true) : dice.Chance(15) ? new FakeStyle(Chunk: dice.Between(1, 7)) : FakeStyle.Plain;
            var isWild = style == FakeStyle.Plain && dice.Chance(20);
            machines.Add(new Machine(Reached(isWild ? dice.Between(0, 7) : dice.Between(0, 9)), vm, isWild, Dice.Of(dice.Between(0, int.MaxValue - 1))));

            IFakeMonitor Reached(int way)
            {
                if (way == 0) return FakeQemu.Dialling($"{folder}/dial.sock", vm, style);
                if (way == 1)
                {
                    var tcp = FakeQemu.OnTcp(vm, style);
                    site.From($"qmp: {{ endpoint: \"{tcp.Endpoint}\", vm: {vm}, host: {host} }}");
                    return tcp;
                }

                Directory.CreateDirectory($"{folder}/q/{host}");
                var fake = FakeQemu.OnSocket($"{folder}/q/{host}/{vm}.sock", vm, style);
                if (way < 8) return fake;
                site.From($"qmp: {{ endpoint: {folder}/{vm}-2.sock, vm: {vm}, host: {host} }}");
                return new TwinQemu(vm, fake, FakeQemu.OnSocket($"{folder}/{vm}-2.sock", vm));
            }
        }

        var budget = dice.Of("", "", "{ budget: 20 }", "{ budget: 50 }", "off");
        if (budget.Length > 0) site.With($"flood: {budget}");
        TailFile? tail = null;
        if (dice.Chance(30))
        {
            var path = site.Workspace.Write("events.jsonl", "");
            site.From(string.Create(CultureInfo.InvariantCulture, $"tail: {path}"));
            tail = new TailFile(path, Dice.Of(dice.Between(0, int.MaxValue - 1)));
        }

        return new Fleet(machines, tail);
    }

    public void Start()
    {
        foreach (var machine in Machines) _traffic.Add(machine.RunAsync(_over.Token));
        if (Tail is not null) _traffic.Add(Tail.RunAsync(_over.Token));
    }

    /// <summary>Ends the traffic; monitors stay.</summary>
    public async Task StopAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_traffic);
    }

    /// <summary>Has every machine send one event more and waits until it is on record; another one, if that went to an engine that is about to give way.</summary>
    public async Task FlushAsync(Installation site, Database database)
    {
        foreach (var machine in Machines)
        {
            var (last, since) = (await machine.SendAsync(EventKind.Resume), Stopwatch.GetTimestamp());
            await site.UntilAsync(
                async () =>
                {
                    if (last is null || Stopwatch.GetElapsedTime(since) > SendAgain) (last, since) = (await machine.SendAsync(EventKind.Resume), Stopwatch.GetTimestamp());
                    return last is not null && await Await.TryAsync(async () => await database.CountAsync($"mt_events where stream_id = 'vm/{last.Vm}' and (data ->> 'x-connection')::int = {last.Connection} and (data ->> 'x-serial')::int = {last.Serial}") > 0);
                },
                $"a last event of {machine.Vm} is recorded", Await.Patience);
        }

        if (Tail is { } tail)
            await site.UntilAsync(() => Await.TryAsync(async () => await database.CountAsync($"mt_events where stream_id = 'vm/{TailFile.Vm}' and (data ->> 'x-serial')::int = {tail.Written}") > 0), $"{tail.Written} lines of the file are recorded", Await.Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var machine in Machines) await machine.DisposeAsync();
        _over.Dispose();
    }
}
