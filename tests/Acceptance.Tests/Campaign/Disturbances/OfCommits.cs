namespace Qualm.Acceptance.Tests.Campaign.Disturbances;

/// <summary>Somebody holds a table: the database answers, but nothing is committed.</summary>
internal static class OfCommits
{
    private const int Seconds = 1000;

    private static readonly string[] Tables = ["mt_events", "mt_streams", "qualm_progress", "qualm_outbox", "qualm_chain"];

    public static IReadOnlyList<Disturbance> Kinds { get; } =
    [
        new("commits", "commits held up", _ => true, (r, d) => HoldAsync(r, d, d.Of(Tables), d.UpTo(12 * Seconds), killing: 30)),
        new("commits", "commits held up for up to a minute", _ => true, (r, d) => HoldAsync(r, d, d.Of(Tables), TimeSpan.FromSeconds(d.Chance(30) ? 60 : d.Between(10, 25)), killing: 15), IsLong: true),
        new("standby", "signs of life held up until another has taken over", r => r.Engines.HaveStandby, (r, d) => HoldAsync(r, d, "qualm_lease", TimeSpan.FromSeconds(d.Between(7, 14)), killing: 0)),
    ];

    /// <param name="killing">How often in a hundred the engine is killed over it.</param>
    private static async Task HoldAsync(Round round, Dice dice, string table, TimeSpan length, int killing)
    {
        await using var upset = round.Engines.KeepUpset();
        IAsyncDisposable? held = null;
        await Await.TryAsync(async () =>
        {
            held = await round.Database.LockAsync(table);
            return true;
        });
        if (killing == 0) round.ExpectCut();
        await Task.Delay(length);
        if (dice.Chance(killing)) await round.KillAsync();
        if (held is not null) await held.DisposeAsync();
    }
}
