using Qualm.Acceptance.Tests.Campaign.Checks;
using Qualm.Acceptance.Tests.Campaign.Disturbances;
using Qualm.Acceptance.Tests.Campaign.Rules;
using Qualm.Acceptance.Tests.Campaign.Traffic;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign;

/// <summary>Rules, machines, receivers and a database, all thrown from one seed; disturbed for a while, then asked whether everything is as it must be.</summary>
internal sealed class Round : IAsyncDisposable
{
    private readonly RandomRules _rules;

    private readonly IReadOnlyList<SteppedClock> _clocks;

    private Round(Installation site, Ground ground, Fleet fleet, RandomRules rules, IReadOnlyList<SteppedClock> clocks, IReadOnlyList<Place> places)
    {
        (Site, Ground, Fleet, _rules, _clocks) = (site, ground, fleet, rules, clocks);
        Database = new Database(ground.Direct);
        site.WriteRules(rules.Yaml);
        Engines = new Engines(site, places);
    }

    public Installation Site { get; }

    public Ground Ground { get; }

    public Fleet Fleet { get; }

    public Engines Engines { get; }

    public Database Database { get; }

    /// <summary>That of the engine that serves; null when it goes by the machine's.</summary>
    public SteppedClock? Clock => _clocks.Count == 0 ? null : _clocks[Math.Min(Engines.CurrentPlace, _clocks.Count - 1)];

    /// <summary>The line of the engine that serves. There must be one.</summary>
    public DatabaseLine Line => Ground.Lines[Math.Min(Engines.CurrentPlace, Ground.Lines.Count - 1)];

    /// <summary>Whether a byte of a spool has been altered, so that something may be in quarantine.</summary>
    public bool AreSpoolsDamaged { get; set; }

    /// <summary>Whether other rules than the first have been put into force.</summary>
    public bool AreRulesChanged { get; private set; }

    /// <summary>Events seen on record just before a kill: they must be there at the end.</summary>
    public Dictionary<long, Guid> Committed { get; } = [];

    public override string ToString() =>
        $"{Fleet}, {(Ground.Lines.Count == 0 ? "private PostgreSQL" : "external PostgreSQL")}{(Ground.Disk is null ? "" : " on a small disk")}{(_clocks.Count == 0 ? "" : ", clock that steps")}{(Engines.AreApart ? ", a standby on another host" : Engines.HaveStandby ? ", a standby" : "")}";

    public static async Task<Round> MakeAsync(Dice dice, RoundPlan plan)
    {
        var standby = Engines.CanStandBy ? plan.Standby : StandbyPlace.None;
        var external = plan.IsExternal ? await ExternalGround.MakeAsync(standby == StandbyPlace.Apart ? 2 : 1) : null;
        var site = await Installation.MakeAsync(external?.Stores[0]);
        Ground ground = external is not null ? external : new PrivateGround(site.Data, dice.Chance(50) || plan.IsSmall ? SmallDisk.Mount(site.Data, 200) : null);
        var rules = RandomRules.Make(Dice.Of(dice.Between(0, int.MaxValue - 1)));
        site.Pages.Answer = Answers.Throw(dice);
        var fleet = Fleet.Make(site, dice, plan.Machines);
        Place[] places = [.. PlacesOf(site, ground, standby, plan.HasClock)];
        var clocks = places.Select(p => p.Clock).OfType<string>().Distinct(StringComparer.Ordinal).Select(c => new SteppedClock(c)).ToArray();

        // Another host's clock is another.
        if (clocks.Length > 1) clocks[1].Ahead = TimeSpan.FromSeconds(dice.Of(-30, 0, 30));
        return new Round(site, ground, fleet, rules, clocks, places);
    }

    /// <summary>Waits until it runs, and begins the traffic.</summary>
    public async Task BeginAsync()
    {
        (await Site.Start("check", Site.Rules).EndAsync()).ShouldExit(0);
        await ServedAsync();
        Fleet.Start();
    }

    /// <summary>Waits until every machine is monitored.</summary>
    public Task ServedAsync() => Site.UntilAsync(
        () =>
        {
            Engines.Fault.ShouldBeNull();
            return Fleet.IsServed;
        },
        "all VMs are monitored",
        Await.Patience);

    /// <summary>Kills the engine. What was on record just before is remembered.</summary>
    /// <param name="after">Done at its place before another is started there.</param>
    public Task KillAsync(Func<Place, Task>? after = null) => Engines.KillAsync(
        async () =>
        {
            await Await.TryAsync(async () =>
            {
                foreach (var e in await Database.EventsAsync("seq_id > coalesce((select max(seq_id) from qualm.mt_events), 0) - 500")) Committed[e.Seq] = e.Id;
                return true;
            });
            ExpectCut();
        },
        after);

    /// <summary>The monitors are about to be lost.</summary>
    public void ExpectCut()
    {
        foreach (var machine in Fleet.Machines) machine.ExpectCut(Engines.Calm);
    }

    /// <summary>The monitors are about to be lost by an engine that cannot write, and has put aside what it has.</summary>
    public void ExpectKept()
    {
        foreach (var machine in Fleet.Machines) machine.ExpectKept();
    }

    /// <summary>What was put aside is about to be lost, in part.</summary>
    public void ForgiveLoss()
    {
        foreach (var machine in Fleet.Machines) machine.ForgiveLoss();
    }

    /// <summary>Does something to the database, and brings it up again after a moment if nobody else does.</summary>
    public async Task AwayAsync(Func<Task> harm, Dice dice)
    {
        Engines.Upset();
        await harm();
        Engines.Upset();
        await Task.Delay(dice.UpTo(3000));
        await Ground.ReviveAsync();
        Engines.Upset();
    }

    /// <summary>Writes other rules; now and then a set that must be refused first.</summary>
    public async Task ChangeRulesAsync(Dice dice)
    {
        if (dice.Chance(20))
        {
            Site.WriteRules(_rules.Yaml + "  - alert: Refused\n    on: NO_SUCH_EVENT\n");
            Ask(dice);
            await Task.Delay(dice.UpTo(1000));
        }

        _rules.Change(dice);
        AreRulesChanged = true;
        Site.WriteRules(_rules.Yaml);
        Ask(dice);
    }

    // One that is not ready yet does not know the signal, and would end by it. It sees by itself that files have changed.
    private void Ask(Dice dice)
    {
        if (dice.Chance(50) && Engines.Current.Has("Qualm is ready")) Engines.Current.Signal("HUP");
    }

    /// <summary>Somebody takes an alert, whichever fires.</summary>
    public async Task AcknowledgeAsync(Dice dice) =>
        await Site.QualmAsync("ack", dice.Of(_rules.Alerts), "--by", "ann", "--note", "campaign");

    /// <summary>Ends the round in good order and checks everything.</summary>
    public async Task<string> SettleAsync(Dice dice)
    {
        await Fleet.StopAsync();
        Site.Pages.Answer = _ => 202;
        await ServedAsync();
        await Fleet.FlushAsync(Site, Database);
        await TakeInSpoolsAsync();
        var owed = 0L;
        await Site.UntilAsync(() => Await.TryAsync(async () => (owed = await Database.ScalarAsync<long>("select coalesce(max(id), 0) from qualm.qualm_outbox")) >= 0), "the outbox can be read");
        await Site.UntilAsync(() => Await.TryAsync(async () => await Database.CountAsync($"qualm_outbox where status = 'pending' and id <= {owed}") == 0), "everything is delivered", Await.Patience);
        await Engines.EndAsync();
        await using var held = await Ground.HoldAsync();
        var verdict = await new Verdict(this, owed, dice).GiveAsync();
        await Tampering.ShouldBeFoundAsync(this, dice);
        return verdict;
    }

    public async ValueTask DisposeAsync()
    {
        await Engines.DisposeAsync();
        await Fleet.DisposeAsync();
        await Database.DisposeAsync();

        // Before the folder that it is in.
        await Ground.DisposeAsync();
        await Site.DisposeAsync();
        foreach (var clock in _clocks) clock.Dispose();
    }

    private static IEnumerable<Place> PlacesOf(Installation site, Ground ground, StandbyPlace standby, bool haveClocks)
    {
        var first = site.Here with { Clock = haveClocks ? site.Workspace["clock"] : null };
        yield return first;
        if (standby == StandbyPlace.Beside) yield return first;
        if (standby == StandbyPlace.Apart)
            yield return new Place("qualm-2.yaml", site.Data + "-2", ground.Stores[1], haveClocks ? site.Workspace["clock-2"] : null);
    }

    // On two hosts each must lead for that. Where it does not go on by itself, they are made to.
    private async Task TakeInSpoolsAsync()
    {
        for (var left = Engines.AreApart ? 2 : 0; left > 0 && Engines.Spools().Count > 0; left--)
        {
            var before = Engines.Current;
            ExpectCut();
            await Engines.RestartAsync();
            await Site.UntilAsync(() => Engines.Current != before && Engines.Current.Has("Qualm is ready"), "another has taken over");
            await ServedAsync();
        }

        await Site.UntilAsync(() => Engines.Spools().Count == 0, "all that was spooled is taken in");
    }
}
