namespace Qualm.Acceptance.Tests.Support;

/// <summary>What must hold of a record, whatever happened while it was written.</summary>
internal static class RecordChecks
{
    /// <summary>Stream of the rows that fill positions of turns that failed; their versions are their positions.</summary>
    private const string Tombstones = "mt_tombstone";

    /// <summary>Positions without holes, versions of every stream from 1 without gaps, no event twice.</summary>
    public static async Task ShouldBeWholeAsync(Database database)
    {
        var events = await database.EventsAsync();
        events.ShouldNotBeEmpty();
        events.Where((e, i) => e.Seq != events[0].Seq + i).Take(1).ShouldBeEmpty("positions have a hole before this one");
        events.Where(e => e.Stream != Tombstones).GroupBy(e => e.Id).Where(g => g.Count() > 1).SelectMany(g => g).ShouldBeEmpty("an id stands twice");
        foreach (var stream in events.Where(e => e.Stream != Tombstones).GroupBy(e => e.Stream))
        {
            stream.Where((e, i) => e.Version != i + 1).Take(1).ShouldBeEmpty($"versions of {stream.Key}");
            var version = await database.ScalarAsync<long>($"select version from qualm.mt_streams where id = '{stream.Key}'");
            version.ShouldBe(stream.Count(), $"version of {stream.Key} in mt_streams");
        }
    }

    /// <summary>Of every connection of these monitors there is what was sent from its first event on, once each and in order, up to where the connection broke.</summary>
    public static async Task ShouldHoldWhatWasSentAsync(Database database, params FakeQemu[] fakes)
    {
        var recorded = (await database.EventsAsync("data ? 'x-serial'")).ToLookup(e => (e.Stream, e.Sent!.Value.Connection), e => e.Sent!.Value.Serial);
        foreach (var connection in fakes.SelectMany(f => f.Sent).GroupBy(s => ($"vm/{s.Vm}", s.Connection)))
        {
            var serials = recorded[connection.Key].ToList();
            serials.Where((serial, i) => serial != i + 1).Take(5).ShouldBeEmpty($"{connection.Key}: events of one connection are missing, double or out of order");
            serials.Count.ShouldBeLessThanOrEqualTo(connection.Count());
        }

        recorded.Select(g => g.Key).Except(fakes.SelectMany(f => f.Sent).Select(s => ($"vm/{s.Vm}", s.Connection))).ShouldBeEmpty("events nobody sent");
    }

    /// <summary>Every decision that asks for a page was delivered and no other, each alert's in the order of decision, with the episode as key.</summary>
    /// <param name="repeats">How many messages may be repeated because their answer was lost.</param>
    public static async Task ShouldAgreeWithPagesAsync(Database database, PageServer pages, int repeats)
    {
        var decided = (await database.DecisionsAsync()).Where(d => d.Text("transition") is "firing" or "resolved").ToList();
        var delivered = pages.Delivered;
        foreach (var alert in decided.GroupBy(d => d.Stream))
        {
            alert.Select(d => d.Text("transition")).ShouldBe(Enumerable.Range(0, alert.Count()).Select(i => i % 2 == 0 ? "firing" : "resolved"), $"transitions of {alert.Key}");
            alert.Where(d => d.Text("transition") == "firing").Select(d => d.Text("episode")).ShouldBeUnique();
            var told = delivered.Where(p => $"alert/{p.AlertId}" == alert.Key).SelectMany(p => p.Tells).Distinct();
            told.ShouldBe(alert.Select(d => (d.Text("episode"), d.Text("transition"))), $"pages of {alert.Key}");
        }

        delivered.Select(p => $"alert/{p.AlertId}").Except(decided.Select(d => d.Stream)).ShouldBeEmpty("pages without a decision");
        delivered.ShouldAllBe(p => p.Header == p.DedupKey);
        (delivered.Count - delivered.Select(p => (p.DedupKey, p.Transition)).Distinct().Count()).ShouldBeLessThanOrEqualTo(repeats);
    }
}
