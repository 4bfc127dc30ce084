namespace Qualm.Acceptance.Tests.Campaign.Disturbances;

/// <summary>Between the engine and somebody's PostgreSQL. Of two hosts mostly one is concerned.</summary>
internal static class OfTheLine
{
    private const int Seconds = 1000;

    public static IReadOnlyList<Disturbance> Kinds { get; } =
    [
        new("line", "connections cut", HasLine, (r, d) => r.AwayAsync(
            async () =>
            {
                var lines = Lines(r, d);
                for (var times = d.Between(1, 4); times > 0; times--)
                {
                    foreach (var line in lines) line.Cut();
                    await Task.Delay(d.UpTo(300));
                }
            },
            d)),
        new("line", "connections refused for a while", HasLine, (r, d) => r.AwayAsync(
            async () =>
            {
                var lines = Lines(r, d);
                foreach (var line in lines) line.Break();
                await Task.Delay(d.UpTo(4 * Seconds));
                if (d.Chance(30)) await r.KillAsync();
                foreach (var line in lines) line.Mend();
            },
            d)),
        new("line", "connections stalled for a while", HasLine, (r, d) => r.AwayAsync(
            async () =>
            {
                var lines = Lines(r, d);
                foreach (var line in lines) line.Stall();
                await Task.Delay(d.UpTo(6 * Seconds));
                if (d.Chance(30)) await r.KillAsync();
                foreach (var line in lines) line.GoOn();
            },
            d)),
        new("line", "the answer of a commit swallowed", HasLine, (r, d) => r.AwayAsync(
            async () =>
            {
                var line = r.Line;
                line.SwallowCommit();
                for (var left = 50; left > 0 && !line.HasSwallowed; left--) await Task.Delay(100);
                if (d.Chance(30)) await r.KillAsync();
            },
            d)),
        new("partition", "the leader's connections refused until another has taken over", r => r.Engines.AreApart, (r, d) => LoseLeaderAsync(r, d, line => line.Break(), line => line.Mend())),
        new("partition", "the leader's connections stalled until another has taken over", r => r.Engines.AreApart, (r, d) => LoseLeaderAsync(r, d, line => line.Stall(), line => line.GoOn())),
    ];

    private static bool HasLine(Round round) => round.Ground.Lines.Count > 0;

    private static IReadOnlyList<DatabaseLine> Lines(Round round, Dice dice) => dice.Chance(30) ? round.Ground.Lines : [round.Line];

    // It goes on listening, to the monitors that it has, and cannot write. What it has must not be lost.
    private static async Task LoseLeaderAsync(Round round, Dice dice, Action<DatabaseLine> lose, Action<DatabaseLine> restore)
    {
        var (process, line) = (round.Engines.Current, round.Line);
        var keeping = round.Engines.KeepUpset();
        round.ExpectCut();
        lose(line);
        await round.Site.UntilAsync(() => round.Engines.Current != process || process.HasExited, "another has taken over", Await.Patience);
        await Task.Delay(dice.UpTo(2 * Seconds));
        if (dice.Chance(25)) await round.KillAsync();
        if (!process.HasExited) round.ExpectKept();
        restore(line);
        await keeping.DisposeAsync();
    }
}
