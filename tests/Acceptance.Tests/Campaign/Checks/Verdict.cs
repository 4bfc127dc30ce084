using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign.Checks;

/// <summary>Whether everything is as it must be after a round whose engine has ended in good order.</summary>
/// <param name="owed">Id of the last message of the outbox that must be delivered.</param>
internal sealed class Verdict(Round round, long owed, Dice dice)
{
    /// <returns>What there was, for people.</returns>
    public async Task<string> GiveAsync()
    {
        var events = await round.Database.EventsAsync();
        await RecordChecks.ShouldBeWholeAsync(round.Database);
        var kept = events.ToDictionary(e => e.Seq, e => e.Id);
        round.Committed.Where(c => kept.GetValueOrDefault(c.Key) != c.Value).ShouldBeEmpty("events that were committed before a kill are gone");
        Deliveries.ShouldBeRecorded(events, round.Fleet);
        var (flooded, folded) = Floods.ShouldAddUp(events, round.Fleet);
        if (!round.AreSpoolsDamaged) (await round.Database.CountAsync("qualm_quarantine")).ShouldBe(0, "something is in quarantine");

        var decisions = events.Where(e => e.Kind == "decision").ToList();
        Lives.ShouldBeAllowed(decisions);
        await Again.ShouldDecideTheSameAsync(round, decisions);
        await AnyBatches.ShouldDecideTheSameAsync(round, [.. decisions.Select(d => d.Data)], dice);
        await ShouldBeSoundAsync();
        var outbox = await Outbox.ReadAsync(round.Database);
        outbox.ShouldFollowFrom(decisions);
        var repeats = outbox.ShouldBeTold(round.Site.Pages, owed);
        foreach (var engine in round.Engines.All) engine.Error.Text.ShouldNotContain("not those recorded", Case.Sensitive, "an engine decided otherwise than the one before it");
        var floods = flooded > 0 ? $", floods of {flooded} events in {folded} rows" : "";
        return $"{events.Count} events{floods}, {decisions.Count} decisions, {outbox.Count} messages, {repeats} repeated, {round.Engines.All.Count} engines";
    }

    // By the program's own judgement, which also sees what somebody changed.
    private async Task ShouldBeSoundAsync()
    {
        if (!(await round.Site.Start("--help").EndAsync()).Text.Contains(" verify", StringComparison.Ordinal)) return;
        var verified = await round.Site.QualmAsync("verify", "--json");
        verified.Code.ShouldBe(0, $"verify found: {verified.Text}{verified.Error}");
    }
}
