using Qualm.Model;
using Qualm.Store.Chain;
using Qualm.Store.Writing;

namespace Qualm.Store.Tests;

/// <summary>Turns with events whose positions are drawn as they are written.</summary>
public sealed class GivingTests(Servers servers) : StoreTests(servers, ServerKind.Private)
{
    private static readonly OutboxEntry Page = new("page", "a1", "e1", "firing", "{\"summary\":\"x\"}"u8.ToArray(), Noon);

    private int _n;

    [StoreFact]
    public async Task Events_without_a_position_get_theirs_behind_those_that_have_one()
    {
        await using var writer = await AcquireAsync();
        await writer.CommitAsync(await TurnAsync(writer, 1, 2), CancellationToken.None);
        await writer.CommitAsync(await TurnAsync(writer, 0, 1), CancellationToken.None);
        var log = await LogAsync();
        log.Select(r => (r.Position, r.Stream, r.Version)).ShouldBe([(1, "vm/a", 1), (2, "alert/0", 1), (3, "alert/1", 1), (4, "alert/0", 2)]);
        writer.Progress.Position.Value.ShouldBe(4);
        (await ScalarAsync<long>("select position from $s.qualm_progress")).ShouldBe(4);
        (await ScalarAsync<long>("select count(*) from $s.qualm_outbox")).ShouldBe(3);
        await CheckAsync();
        (await AuditAsync()).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task A_turn_handed_in_later_has_higher_positions_whatever_its_size()
    {
        foreach (var copyAbove in (int[])[0, 20, 1000])
        {
            await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = copyAbove });
            var commits = new List<Task>();
            for (var turn = 0; turn < 30; turn++)
            {
                commits.Add(writer.CommitAsync(await TurnAsync(writer, turn % 4 == 0 ? 25 : 1, turn % 3), CancellationToken.None));
                if (turn % 7 == 0) await commits[^1];
            }

            await Task.WhenAll(commits);
        }

        var log = await LogAsync();
        log.Count.ShouldBe(_n);
        log.Select(r => r.Headers.Ordinal).ShouldBe(Enumerable.Range(1, _n).Select(n => (long)n));
        await CheckAsync();
        (await AuditAsync()).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task A_refused_turn_leaves_no_hole_of_what_it_drew_itself()
    {
        await using var writer = await AcquireAsync();
        await writer.CommitAsync(await TurnAsync(writer, 1, 1), CancellationToken.None);
        var bad = await TurnAsync(writer, 1, 1);
        bad.Add(Event("alert/bad", 99, "{"));
        await Should.ThrowAsync<TurnRefusedException>(writer.CommitAsync(bad, CancellationToken.None));
        await writer.CommitAsync(await TurnAsync(writer, 1, 1), CancellationToken.None);
        (await LogAsync()).Count.ShouldBe(4);
        await CheckAsync();
        (await AuditAsync()).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task An_overtaken_engine_draws_none()
    {
        await using var writer = await AcquireAsync();
        var turn = await TurnAsync(writer, 1, 1);
        var drawn = await ScalarAsync<long>("select last_value from $s.mt_events_sequence");
        await RunAsync("update $s.qualm_progress set epoch = epoch + 1");
        await Should.ThrowAsync<FencedException>(writer.CommitAsync(turn, CancellationToken.None));
        (await ScalarAsync<long>("select last_value from $s.mt_events_sequence")).ShouldBe(drawn);
        (await LogAsync()).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task Positions_come_before_those_without()
    {
        await using var writer = await AcquireAsync();
        var positions = await writer.ReserveAsync(1, CancellationToken.None);
        var turn = new Turn();
        turn.Add(Event("alert/0", 1));
        Should.Throw<ArgumentException>(() => turn.Add(positions[0], Event("vm/a", 2)));
    }

    [StoreFact]
    public async Task Another_application_may_append_meanwhile()
    {
        await using var writer = await AcquireAsync();
        using var enough = new CancellationTokenSource();
        var others = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested) await AppendForeignAsync("alert/0");
        });
        for (var turn = 0; turn < 60; turn++) await writer.CommitAsync(await TurnAsync(writer, 1, 2), CancellationToken.None);
        await enough.CancelAsync();
        await others;
        (await LogAsync()).Select(r => r.Headers.Ordinal).ShouldBe(Enumerable.Range(1, _n).Select(n => (long)n));
        await CheckAsync();
        (await AuditAsync()).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task Connections_killed_at_any_moment_lose_nothing_double_nothing_and_leave_no_holes()
    {
        await using var writer = await AcquireAsync();
        for (var round = 0; round < 15; round++)
        {
            var killed = Task.CompletedTask;
            try
            {
                for (var turn = 0; turn < 12; turn++)
                {
                    if (turn == round % 10) killed = KillWriterAsync();
                    await writer.CommitAsync(await TurnAsync(writer, 1, 2), CancellationToken.None);
                }
            }
            catch (StoreUnavailableException)
            {
                // The turn is looked for in the log below.
            }

            await killed;
            await writer.ResumeAsync(CancellationToken.None);
            var log = await LogAsync();
            _n = log.Count;
            log.Select(r => r.Headers.Ordinal).ShouldBe(Enumerable.Range(1, _n).Select(n => (long)n));
            writer.Progress.Turn.ShouldBe(await ScalarAsync<long>("select turn from $s.qualm_progress"));
            writer.Progress.Position.Value.ShouldBe(await ScalarAsync<long>("select position from $s.qualm_progress"));
        }

        await writer.CommitAsync(await TurnAsync(writer, 1, 1), CancellationToken.None);
        await CheckAsync();
        (await AuditAsync()).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task What_was_written_so_cannot_be_changed_unseen()
    {
        await using (var writer = await AcquireAsync())
        {
            for (var turn = 0; turn < 3; turn++) await writer.CommitAsync(await TurnAsync(writer, 1, 2), CancellationToken.None);
        }

        await RunAsync("update $s.mt_events set data = '{\"n\":2}' where seq_id = 5");
        (await AuditAsync()).ShouldHaveSingleItem().ShouldSatisfyAllConditions(f => f.Kind.ShouldBe(FindingKind.Altered), f => f.Position.ShouldBe(new Position(5)), f => f.Turn.ShouldBe(2));
        await RunAsync("update $s.mt_events set data = '{\"n\":1}' where seq_id = 5; update $s.mt_events set seq_id = 100 where seq_id = 6");
        (await AuditAsync()).Select(f => f.Kind).ShouldBe([FindingKind.Removed, FindingKind.Added], ignoreOrder: true);
        await RunAsync("update $s.mt_events set seq_id = 6 where seq_id = 100; update $s.mt_events set version = version + 7 where seq_id = 6");
        (await AuditAsync()).ShouldHaveSingleItem().Position.ShouldBe(new Position(6));
    }

    private async Task<Turn> TurnAsync(TurnWriter writer, int events, int decisions)
    {
        var turn = TurnOf(await writer.ReserveAsync(events, CancellationToken.None), [.. Enumerable.Range(0, events).Select(_ => Event("vm/a", ++_n))]);
        turn.Generation = writer.Generation;
        for (var i = 0; i < decisions; i++)
        {
            turn.Add(Event($"alert/{i}", ++_n, kind: RowKind.Decision));
            turn.Add(Page);
        }

        return turn;
    }

    private async Task<List<Finding>> AuditAsync()
    {
        var findings = new List<Finding>();
        await new ChainAudit(Host, findings.Add).RunAsync(null, (_, _) => { }, CancellationToken.None);
        return findings;
    }
}
