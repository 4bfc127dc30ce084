using System.Globalization;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign.Disturbances;

/// <summary>Bytes that the engine keeps for itself are not as it has written them.</summary>
internal static class OfWhatIsKept
{
    private static readonly TimeSpan SpoolsWithin = TimeSpan.FromSeconds(8);
    private static readonly string[] Places = ["piece", "about", "digest", "checksum"];

    public static IReadOnlyList<Disturbance> Kinds { get; } =
    [
        new("snapshot", "a byte of a snapshot altered, then kill -9", _ => true, async (r, d) =>
        {
            // Its end in good order leaves one.
            r.ExpectCut();
            await r.Engines.RestartAsync();
            await r.ServedAsync();
            await Task.Delay(d.UpTo(1000));
            await SpoilSnapshotAsync(r, d.Of(Places), d);
            await r.KillAsync();
        }),
        new("spool", "kill -9 while it spools, and the end of the spool lost", HasOneOwner, (r, d) => SpoilSpoolAsync(r, d, (file, dice) => file.SetLength(dice.Between(0, (int)file.Length - 1)))),
        new("spool", "kill -9 while it spools, and a byte of the spool altered", HasOneOwner, (r, d) => SpoilSpoolAsync(r, d, (file, dice) =>
        {
            r.AreSpoolsDamaged = true;
            file.Position = dice.Between(0, (int)file.Length - 1);
            var was = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(was ^ (1 << dice.Between(0, 7))));
        })),
    ];

    // Of two that share a folder the other may be reading it.
    private static bool HasOneOwner(Round round) => !round.Engines.HaveStandby || round.Engines.AreApart;

    private static Task<bool> SpoilSnapshotAsync(Round round, string place, Dice dice) => Await.TryAsync(async () =>
    {
        var (column, table, which) = place == "piece"
            ? ("bytes", "qualm.qualm_snapshot_piece", "(turn, number) in (select turn, number from qualm.qualm_snapshot_piece order by turn desc, number limit 1)")
            : (place, "qualm.qualm_snapshot", "turn in (select max(turn) from qualm.qualm_snapshot)");
        var (at, by) = (dice.Between(0, 1 << 20).ToString(CultureInfo.InvariantCulture), dice.Between(1, 255).ToString(CultureInfo.InvariantCulture));
        await round.Database.ExecuteAsync($"update {table} set {column} = set_byte({column}, {at} % length({column}), (get_byte({column}, {at} % length({column})) + {by}) % 256) where {which}");
        return true;
    });

    private static async Task SpoilSpoolAsync(Round round, Dice dice, Action<FileStream, Dice> spoil)
    {
        await using var upset = round.Engines.KeepUpset();
        IAsyncDisposable? held = null;
        await Await.TryAsync(async () =>
        {
            held = await round.Database.LockAsync("qualm_progress");
            return true;
        });
        try
        {
            await Wait.UntilAsync(() => round.Engines.Spools().Any(f => f.StartsWith(round.Engines.CurrentSite.Data + "/", StringComparison.Ordinal)), "it spools", SpoolsWithin);
            await Task.Delay(dice.UpTo(3000));
        }
        catch (TimeoutException)
        {
            // It was not at work; a kill is a disturbance as well.
        }

        await round.KillAsync(place =>
        {
            foreach (var path in round.Engines.Spools().Where(f => f.StartsWith(place.Data + "/", StringComparison.Ordinal)).TakeLast(1)) Spoil(path);
            return Task.CompletedTask;
        });
        if (held is not null) await held.DisposeAsync();

        void Spoil(string path)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
            if (file.Length == 0) return;
            round.ForgiveLoss();
            spoil(file, dice);
        }
    }
}
