using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Qualm.Acceptance.Tests.Campaign.Disturbances;

namespace Qualm.Acceptance.Tests.Campaign;

/// <summary>Rounds, one after the other, until there have been enough disturbances. The seed repeats all that is thrown; the machine's load is not thrown.</summary>
/// <param name="say">Told of everything, a line each.</param>
internal sealed class CampaignRun(int disturbances, int seed, Action<string> say)
{
    /// <summary>Fewer disturbances than this are to be over soon.</summary>
    private const int Short = 10;

    /// <summary>The rest is kept in a file.</summary>
    private const int MostSaid = 3000;

    // The private database, at the odd places, belongs to one data folder.
    private static readonly StandbyPlace[] Standbys =
        [StandbyPlace.Apart, StandbyPlace.Beside, StandbyPlace.Apart, StandbyPlace.None, StandbyPlace.Beside, StandbyPlace.None, StandbyPlace.None, StandbyPlace.None];

    private readonly List<Disturbance> _deck = [];
    private readonly SortedDictionary<string, int> _struck = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _disturbed = new(StringComparer.Ordinal);
    private int _round;

    /// <summary>Disturbances of rounds in which everything held.</summary>
    public int Passed { get; private set; }

    /// <summary>Those of the others.</summary>
    public int Failed { get; private set; }

    /// <summary>Says everything on the console; the last line counts.</summary>
    /// <returns>An exit code.</returns>
    public static async Task<int> ToConsoleAsync(int disturbances, int seed)
    {
        var since = Stopwatch.GetTimestamp();
        var run = new CampaignRun(disturbances, seed, line => Console.WriteLine($"{Stopwatch.GetElapsedTime(since):mm\\:ss} {line}"));
        using var stop = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            // So that what was mounted and started does not stay behind.
            signal.Cancel = true;
            stop.Cancel();
        });
        await run.RunAsync(stop.Token);
        Console.WriteLine($"{run.Passed} passed, {run.Failed} failed");
        return run.Failed == 0 ? 0 : 1;
    }

    /// <param name="cancellationToken">Ends it at the next disturbance.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        say($"{disturbances} disturbances, seed {seed}; repeat it with ./test --campaign {disturbances} --seed {seed}");
        while (Passed + Failed < disturbances && !cancellationToken.IsCancellationRequested) await RoundAsync(cancellationToken);
        if (_struck.Count > 0) say(string.Join(", ", _struck.Select(s => $"{s.Key} × {s.Value}")));
        var missing = AllDisturbances.Kinds.Select(k => k.Name).Except(_struck.Keys).ToList();
        if (missing.Count > 0) say($"not struck: {string.Join(", ", missing)}");
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        var dice = Dice.Of(seed, ++_round);
        var left = disturbances - Passed - Failed;

        // Both kinds of database have their turn, in a short campaign too.
        var plan = new RoundPlan(
            IsExternal: (_round + seed) % 2 == 0, IsSmall: _round % 4 < 2, HasClock: _round % 3 == 1, Standbys[(_round + seed) % Standbys.Length], Machines: left < Short ? 4 : 8,
            Disturbances: Math.Min(left, disturbances < Short ? (disturbances + 1) / 2 : dice.Between(4, 9)));
        var struck = 0;
        Round? round = null;
        try
        {
            round = await Round.MakeAsync(dice, plan);
            say($"round {_round}: {round}");
            await round.BeginAsync();
            for (; struck < plan.Disturbances && !cancellationToken.IsCancellationRequested; struck++) await StrikeAsync(round, dice, $"round {_round}, {Passed + Failed + struck + 1} of {disturbances}");
            if (cancellationToken.IsCancellationRequested) return;
            say($"round {_round}: {await round.SettleAsync(dice)}");
            Passed += plan.Disturbances;
        }
        catch (Exception e)
        {
            say($"round {_round} FAILED after {struck} disturbances, seed {seed}: {(e.Message.Length > MostSaid ? e.Message[..MostSaid] + "…" : e.Message)}");
            if (round is not null) await Keepsake.KeepAsync(round, e, say);
            Failed += plan.Disturbances;
        }
        finally
        {
            if (round is not null) await round.DisposeAsync();
        }
    }

    private async Task StrikeAsync(Round round, Dice dice, string where)
    {
        await Task.Delay(dice.UpTo(1500));
        if (dice.Chance(15)) await round.AcknowledgeAsync(dice);
        var disturbance = Draw(round, dice);
        say(string.Create(CultureInfo.InvariantCulture, $"{where}: {disturbance.Name}"));
        _struck[disturbance.Name] = _struck.GetValueOrDefault(disturbance.Name) + 1;
        await disturbance.StrikeAsync(round, dice);

        // Mostly all is well again before the next one.
        if (dice.Chance(80)) await round.ServedAsync();
    }

    // Like cards: every kind comes before one comes again, as far as they fit; what has been disturbed least comes first, and
    // of that what can be disturbed in few rounds.
    private Disturbance Draw(Round round, Dice dice)
    {
        if (!_deck.Exists(Fits)) _deck.AddRange(dice.Some(AllDisturbances.Kinds.Count, AllDisturbances.Kinds));
        var drawn = _deck.Where(Fits).OrderBy(d => _disturbed.GetValueOrDefault(d.Of)).ThenBy(d => d.Of is "engine" or "server" or "rules").First();
        _deck.Remove(drawn);
        _disturbed[drawn.Of] = _disturbed.GetValueOrDefault(drawn.Of) + 1;
        return drawn;

        bool Fits(Disturbance disturbance) => disturbance.Fits(round) && !(disturbance.IsLong && disturbances < Short);
    }
}
