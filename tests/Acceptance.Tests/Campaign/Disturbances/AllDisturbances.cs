using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign.Disturbances;

/// <summary>Everything bad that may happen.</summary>
internal static class AllDisturbances
{
    private const int Seconds = 1000;

    public static IReadOnlyList<Disturbance> Kinds { get; } =
    [
        new("engine", "kill -9 of the engine", _ => true, (r, _) => r.KillAsync()),
        new("engine", "kill -9 of the engine, twice", _ => true, async (r, d) =>
        {
            await r.KillAsync();
            await Task.Delay(d.UpTo(2 * Seconds));
            await r.KillAsync();
        }),
        new("engine", "kill -9 of the engine while it starts", _ => true, async (r, d) =>
        {
            for (var times = d.Between(2, 3); times > 0; times--)
            {
                await r.KillAsync();
                await Task.Delay(d.UpTo(Seconds));
            }
        }),
        new("engine", "kill -9 of the engine, which stays away", _ => true, async (r, d) =>
        {
            await using var upset = r.Engines.KeepUpset();
            await r.KillAsync(_ => Task.Delay(TimeSpan.FromSeconds(d.Between(3, 15))));
        }),
        new("engine", "SIGTERM", _ => true, async (r, _) =>
        {
            r.ExpectCut();
            await r.Engines.RestartAsync();
        }),
        new("engine", "SIGSTOP for a while", _ => true, async (r, d) =>
        {
            r.Engines.Upset();
            var process = r.Engines.Current;
            process.Signal("STOP");
            await Task.Delay(d.UpTo(4 * Seconds));
            if (d.Chance(25)) await r.KillAsync();
            else process.Signal("CONT");
            r.Engines.Upset();
        }),
        new("standby", "SIGSTOP until another has taken over", r => r.Engines.HaveStandby, async (r, d) =>
        {
            r.ExpectCut();
            r.Engines.Upset();
            var process = r.Engines.Current;
            process.Signal("STOP");
            await Wait.UntilAsync(() => r.Engines.Current != process || process.HasExited, "another has taken over", Await.Patience);
            await Task.Delay(d.UpTo(2 * Seconds));
            r.Engines.Upset();
            process.Signal("CONT");
        }),
        new("rules", "rules changed", _ => true, (r, d) => r.ChangeRulesAsync(d)),
        new("rules", "rules changed, then kill -9", _ => true, async (r, d) =>
        {
            await r.ChangeRulesAsync(d);
            await Task.Delay(d.UpTo(Seconds));
            await r.KillAsync();
        }),
        new("server", "kill -9 of the postmaster", _ => true, (r, d) => r.AwayAsync(r.Ground.KillPostmasterAsync, d)),
        new("server", "kill -9 of the postmaster and the engine", _ => true, (r, d) => r.AwayAsync(
            async () =>
            {
                await r.Ground.KillPostmasterAsync();
                await Task.Delay(d.UpTo(Seconds));
                await r.KillAsync();
            },
            d)),
        new("server", "pg_ctl stop -m immediate", _ => true, (r, d) => r.AwayAsync(r.Ground.StopAsync, d)),
        new("server", "kill -9 of a backend", _ => true, (r, d) => r.AwayAsync(() => r.Ground.KillBackendAsync(d, gently: false), d)),
        new("server", "a backend terminated", _ => true, (r, d) => r.AwayAsync(() => r.Ground.KillBackendAsync(d, gently: true), d)),
        new("disk", "disk full", r => r.Ground.Disk is not null, (r, d) => r.AwayAsync(
            async () =>
            {
                // With a full disk monitors are given up, and after a kill nobody knows why.
                r.ExpectCut();
                r.Ground.Disk!.Fill(d.Of(0, 0, 8192, 1 << 20));
                await Task.Delay(d.UpTo(5 * Seconds));
                if (d.Chance(30)) await r.KillAsync();
                r.Ground.Disk.Empty();
            },
            d)),
        new("clock", "clock stepped", r => r.Clock is not null, async (r, d) =>
        {
            for (var times = d.Between(1, 3); times > 0; times--)
            {
                r.Clock!.Ahead += TimeSpan.FromSeconds(d.Of(-3600, -60, -5, -1, 1, 5, 60, 3600));
                await Task.Delay(d.UpTo(2 * Seconds));
            }
        }),
        new("clock", "clock stepped, then kill -9", r => r.Clock is not null, async (r, d) =>
        {
            r.Clock!.Ahead += TimeSpan.FromSeconds(d.Of(-3600, -30, -3, 3, 30));
            await Task.Delay(d.UpTo(Seconds));
            await r.KillAsync();
        }),
        .. OfTheLine.Kinds,
        .. OfCommits.Kinds,
        .. OfWhatIsKept.Kinds,
        .. OfMonitors.Kinds,
    ];
}
