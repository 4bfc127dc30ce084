using System.Collections.Immutable;
using Qualm.Actions;
using Qualm.Engine.Configuration;
using Qualm.Engine.Hosting;
using Spectre.Console;

namespace Qualm.Engine.Demo;

/// <summary>Starts the players, a real guest where QEMU is installed, the pages' listener and the service, shows them, and cleans up.</summary>
internal sealed class DemoRun(TimeProvider time)
{
    private const string GuestName = "real-guest";
    private const int MostEvents = 40;

    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(250);

    /// <summary>VM, what it plays, and when it begins, in seconds.</summary>
    private static readonly (string Vm, string Capture, double Begins)[] Cast =
    [
        ("web-1", "power", 1),
        ("db-1", "quorum", 2),
        ("mail-1", "panic-pause-then-reset", 5),
        ("build-1", "jobs", 8),
        ("cache-1", "balloon", 10),
        ("shop-1", "block-io-error-write-enospc", 12),
        ("edge-1", "watchdog-reset", 15),
    ];

    public async Task<int> RunAsync(TimeSpan length, bool keep, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("qualm-demo-").FullName;
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        try
        {
            return await PlayAsync(folder, length, cancellationToken);
        }
        finally
        {
            if (keep) await Console.Error.WriteLineAsync($"kept: {folder} (see 'qualm vm --data {folder}/data', 'qualm store --data {folder}/data')");
            else Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<int> PlayAsync(string folder, TimeSpan length, CancellationToken cancellationToken)
    {
        var sockets = Directory.CreateDirectory(Path.Combine(folder, "qemu")).FullName;
        var board = new DemoBoard();
        var players = new List<CapturePlayer>();
        try
        {
            foreach (var (vm, capture, begins) in Cast)
            {
                var file = Path.Combine(AppContext.BaseDirectory, "samples", "captures", capture + ".q7.jsonl");
                players.Add(new CapturePlayer(Capture.Read(file, MostEvents), vm, Path.Combine(sockets, vm + ".sock"), TimeSpan.FromSeconds(begins), time));
            }

            using var guest = PanickingGuest.Available ? PanickingGuest.Start(folder, GuestName, Path.Combine(sockets, GuestName + ".sock")) : null;
            await using var pager = await PageListener.StartAsync(board.Add, cancellationToken);
            return await ServeAsync(folder, sockets, pager.Url, board, guest, length, cancellationToken);
        }
        finally
        {
            foreach (var player in players) await player.DisposeAsync();
        }
    }

    private async Task<int> ServeAsync(
        string folder, string sockets, Uri pager, DemoBoard board, PanickingGuest? guest, TimeSpan length, CancellationToken cancellationToken)
    {
        var config = new QualmConfig(
            [new SourceConfig.Template(Path.Combine(sockets, "{vm}.sock"))],
            Path.Combine(AppContext.BaseDirectory, "rules"),
            Store: null,
            Path.Combine(folder, "data"),
            [new ReceiverConfig.Webhook("page", pager, null, null, ImmutableSortedDictionary<string, Secret>.Empty)],
            QualmConfig.DefaultMaxClockSkew)
        {
            Serving = ServingConfig.Silent,
        };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var onlookers = new Onlookers(any: true);
        var service = ServiceHost.RunAsync(config, onlookers, signals: null, stop.Token);
        var watching = WatchAsync(onlookers, board, stop.Token);
        var steering = guest is null ? Task.CompletedTask : guest.RunWhenWatchedAsync(board, GuestName, time, stop.Token);
        await ShowAsync(board, service, length, cancellationToken);
        await stop.CancelAsync();
        var code = await service;
        await Task.WhenAll(watching, steering).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Sum(board.Look());
        return code;
    }

    private static async Task WatchAsync(Onlookers onlookers, DemoBoard board, CancellationToken cancellationToken)
    {
        await foreach (var turn in onlookers.Turns.ReadAllAsync(cancellationToken)) board.Add(turn);
    }

    // Ends after its time, when it is interrupted, or when the service has ended by itself.
    private async Task ShowAsync(DemoBoard board, Task service, TimeSpan length, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        TimeSpan Left() => length - time.GetElapsedTime(started);
        bool Over() => Left() <= TimeSpan.Zero || service.IsCompleted || cancellationToken.IsCancellationRequested;
        Task PauseAsync() => Task.Delay(Frame, time, cancellationToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

        if (Console.IsOutputRedirected)
        {
            var log = new DemoLog(Console.Out);
            for (; !Over(); await PauseAsync()) log.Print(board.Look());
            log.Print(board.Look());
            return;
        }

        await AnsiConsole.Live(DemoScreen.Draw(board.Look(), Left())).StartAsync(async live =>
        {
            for (; !Over(); await PauseAsync()) live.UpdateTarget(DemoScreen.Draw(board.Look(), Left()));
        });
    }

    private static void Sum(DemoBoard.Snapshot board)
    {
        Console.WriteLine($"{board.Count} events recorded from {board.Vms.Count} VMs, {board.Alerts.Count} alerts, {board.Pages.Count} pages:");
        foreach (var page in board.Pages) Console.WriteLine($"  {page.Transition,-9} {page.Severity,-9} {page.Alert}: {page.Summary}");
        if (!PanickingGuest.Available) Console.WriteLine("(install qemu-system-x86 to see a real guest panic as well)");
    }
}
