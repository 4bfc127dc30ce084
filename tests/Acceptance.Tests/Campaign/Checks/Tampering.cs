using System.Globalization;

namespace Qualm.Acceptance.Tests.Campaign.Checks;

/// <summary>The last check of a round, for the record is not what it was behind it: something in it is changed by hand, and found.</summary>
internal static class Tampering
{
    // What follows the name is a condition on the row.
    private static readonly (string What, string Sql)[] Kinds =
    [
        ("the data of an event", """update qualm.mt_events set data = data || '{"x-tampered": 1}'"""),
        ("the recorded time of an event", "update qualm.mt_events set timestamp = timestamp + interval '1 microsecond'"),
        ("the type of an event", "update qualm.mt_events set type = type || 'x'"),
        ("the event time of an event", "update qualm.mt_events set headers = jsonb_set(headers, '{at}', '1')"),
        ("the version of an event", "update qualm.mt_events set version = version + 1000000"),
        ("the id of an event", "update qualm.mt_events set id = gen_random_uuid()"),
        ("an event, removed", "delete from qualm.mt_events"),
    ];

    /// <returns>What was changed, for people.</returns>
    public static async Task<string> ShouldBeFoundAsync(Round round, Dice dice)
    {
        var rows = await round.Database.TextsAsync("select seq_id::text from qualm.mt_events where headers ->> 'qualm' in ('live', 'engine', 'decision') order by seq_id");
        var (kind, seq) = (dice.Of(Kinds), dice.Of(rows));
        await round.Database.ExecuteAsync($"{kind.Sql} where seq_id = {seq}");
        var verified = await round.Site.QualmAsync("verify", "--json");
        var what = string.Create(CultureInfo.InvariantCulture, $"{kind.What} at position {seq}");
        verified.Code.ShouldBe(1, $"{what} was changed by hand, and verify says: {verified.Text}{verified.Error}");
        verified.Json.ShouldContain(finding => (string?)finding["finding"] != null && (long?)finding["position"] == long.Parse(seq, CultureInfo.InvariantCulture), $"{what} was changed by hand: {verified.Text}");
        return what;
    }
}
