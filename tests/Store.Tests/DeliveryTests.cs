using System.Text;
using Qualm.Model;
using Qualm.Store.Documents;
using Qualm.Store.Inbox;
using Qualm.Store.Outbox;
using Qualm.Store.Reading;
using Qualm.Store.Writing;

namespace Qualm.Store.Tests;

public abstract class DeliveryTests(Servers servers, ServerKind kind) : StoreTests(servers, kind)
{
    private const string Payload = "{\"z\": 1,\"a\":  [ 1e2, \"\\u00fc\" ], \"a\":2}";

    [StoreFact]
    public async Task Messages_of_one_alert_are_one_queue_and_wait_for_nobody_else()
    {
        await PutAsync(("pager", "a", "firing"), ("pager", "a", "resolved"), ("mail", "a", "firing"), ("pager", "b", "firing"));
        var queues = new OutboxQueues(Host);
        var due = await queues.FindDueAsync("pager", Noon, 10, CancellationToken.None);
        due.Select(m => (m.AlertId, m.Transition, m.Attempts)).ShouldBe([("a", "firing", 0), ("a", "resolved", 0), ("b", "firing", 0)]);
        due.Select(m => (Encoding.UTF8.GetString(m.Payload.Span), m.Episode)).ShouldBe([(Payload, "ep-a"), (Payload, "ep-a"), (Payload, "ep-b")]);
        (await queues.FindDueAsync("mail", Noon, 10, CancellationToken.None)).ShouldHaveSingleItem().AlertId.ShouldBe("a");
        (await queues.FindDueAsync("pager", Noon, 1, CancellationToken.None)).ShouldAllBe(m => m.AlertId == "a");

        await queues.BeginAsync([due[0].Id], CancellationToken.None);
        await queues.PostponeAsync([due[0].Id], Noon + TimeSpan.FromSeconds(5), "503", CancellationToken.None);
        (await queues.FindDueAsync("pager", Noon, 10, CancellationToken.None)).ShouldHaveSingleItem().AlertId.ShouldBe("b");
        var again = await queues.FindDueAsync("pager", Noon + TimeSpan.FromSeconds(5), 10, CancellationToken.None);
        again.Select(m => (m.AlertId, m.Attempts, m.LastError)).ShouldBe([("b", 0, null), ("a", 1, "503"), ("a", 0, null)]);

        await queues.CompleteAsync([due[0].Id], Noon, CancellationToken.None);
        (await queues.FindDueAsync("pager", Noon, 10, CancellationToken.None)).Select(m => m.Transition).ShouldBe(["resolved", "firing"]);
    }

    [StoreFact]
    public async Task A_clock_that_was_set_back_keeps_no_message_waiting()
    {
        await PutAsync(("pager", "a", "firing"), ("pager", "b", "firing"));
        var queues = new OutboxQueues(Host);
        var before = Noon - TimeSpan.FromHours(3);
        var due = await queues.FindDueAsync("pager", before, 10, CancellationToken.None);
        due.Select(m => m.AlertId).ShouldBe(["a", "b"], "nobody has tried them yet");

        await queues.PostponeAsync([due[0].Id, due[1].Id], Noon + TimeSpan.FromSeconds(5), "503", CancellationToken.None);
        (await queues.FindDueAsync("pager", before, 10, CancellationToken.None)).ShouldBeEmpty();
        await queues.ReleaseAsync("mail", CancellationToken.None);
        (await queues.FindDueAsync("pager", before, 10, CancellationToken.None)).ShouldBeEmpty("that was for somebody else");
        await queues.ReleaseAsync("pager", CancellationToken.None);
        (await queues.FindDueAsync("pager", before, 10, CancellationToken.None)).Count.ShouldBe(2);
    }

    [StoreFact]
    public async Task What_was_given_up_is_counted_listed_and_driven_again()
    {
        await PutAsync(("pager", "a", "firing"), ("pager", "b", "firing"), ("pager", "c", "firing"));
        var (queues, outbox) = (new OutboxQueues(Host), new OutboxStore(Host));
        var due = await queues.FindDueAsync("pager", Noon, 10, CancellationToken.None);
        await queues.BeginAsync([.. due.Select(m => m.Id)], CancellationToken.None);
        await queues.CompleteAsync([due[0].Id], Noon, CancellationToken.None);
        await queues.BuryAsync([due[1].Id, due[2].Id], Noon, "410", CancellationToken.None);
        await queues.CompleteAsync([due[1].Id], Noon, CancellationToken.None);
        (await outbox.CountAsync(CancellationToken.None)).ShouldBe(new OutboxCounts(0, 1, 2));

        var dead = await outbox.ReadDeadAsync(10, CancellationToken.None);
        dead.Select(m => (m.AlertId, m.LastError, m.Attempts)).ShouldBe([("c", "410", 1), ("b", "410", 1)]);
        (await outbox.RedriveAsync([due[1].Id, due[0].Id], Noon, CancellationToken.None)).ShouldBe(1);
        (await queues.FindDueAsync("pager", Noon, 10, CancellationToken.None)).ShouldHaveSingleItem().Attempts.ShouldBe(0);
        (await outbox.RedriveAsync(null, Noon, CancellationToken.None)).ShouldBe(1);
        (await outbox.CountAsync(CancellationToken.None)).ShouldBe(new OutboxCounts(2, 1, 0));
    }

    [StoreFact]
    public async Task A_store_of_the_first_version_is_brought_up_to_date()
    {
        await PutAsync(("pager", "a", "firing"));
        await RunAsync(
            "drop view $s.qualm_dead_letter; alter table $s.qualm_outbox alter column payload type jsonb using payload::jsonb; drop function $s.qualm_turn; update $s.qualm_schema set version = 1");
        await using var again = await OpenAsync();
        (await new OutboxQueues(Host).FindDueAsync("pager", Noon, 1, CancellationToken.None)).ShouldHaveSingleItem();
        (await ScalarAsync<string>("select pg_typeof(payload)::text from $s.qualm_outbox")).ShouldBe("json");
        (await ScalarAsync<long>("select count(*) from $s.qualm_dead_letter")).ShouldBe(0);
        await using var writer = await AcquireAsync();
        await AppendAsync(writer, Event("vm/a", 1));
        await RunAsync("update $s.qualm_schema set version = 99");
        (await Should.ThrowAsync<StoreUnavailableException>(OpenAsync())).Message.ShouldContain("newer");
    }

    [StoreFact]
    public async Task Documents_and_their_checkpoint_are_published_together()
    {
        var documents = new DocumentStore(Host);
        (await documents.ReadAsync("vm", CancellationToken.None)).Documents.ShouldBeEmpty();
        var checkpoint = new Checkpoint(new Position(7), Noon);
        await documents.UpsertAsync("vm", [Of("b", "{\"s\":1}"), Of("a", "{\"s\":2}")], checkpoint, CancellationToken.None);
        await documents.UpsertAsync("vm", [Of("b", "{\"s\":3}")], checkpoint with { Position = new Position(9) }, CancellationToken.None);
        var (found, at) = await documents.ReadAsync("vm", CancellationToken.None);
        at.Position.Value.ShouldBe(9);
        found.Select(d => (d.Id, Encoding.UTF8.GetString(d.Json.Span))).ShouldBe([("a", "{\"s\": 2}"), ("b", "{\"s\": 3}")]);
        await Should.ThrowAsync<TurnRefusedException>(documents.UpsertAsync("vm", [Of("b", "{")], default, CancellationToken.None));
        (await documents.ReadAsync("vm", CancellationToken.None)).Checkpoint.ShouldBe(at);
        await Should.ThrowAsync<ArgumentException>(documents.UpsertAsync("x; drop", [], default, CancellationToken.None));
        await documents.UpsertAsync("host", [], checkpoint, CancellationToken.None);
        (await documents.ReadAsync("host", CancellationToken.None)).Checkpoint.ShouldBe(checkpoint);
    }

    [StoreFact]
    public async Task Commands_leave_the_inbox_with_the_turn_that_carries_them_out()
    {
        var inbox = new InboxStore(Host);
        await inbox.PostAsync("ack", "{\"alert\":\"x\"}"u8.ToArray(), CancellationToken.None);
        var command = (await inbox.ReadAsync(10, CancellationToken.None)).ShouldHaveSingleItem();
        await using var writer = await AcquireAsync();
        var turn = new Turn { Clock = Noon };
        turn.TakeFromInbox(command.Id);
        await writer.CommitAsync(turn, CancellationToken.None);
        (await inbox.ReadAsync(10, CancellationToken.None)).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task The_safe_end_stops_before_what_may_still_appear()
    {
        var reader = new LogReader(Host);
        await using var writer = await AcquireAsync();
        await AppendAsync(writer, Event("vm/a", 1), Event("vm/a", 2));
        (await reader.FindSafeEndAsync(Position.None, CancellationToken.None)).Value.ShouldBe(2);

        var mine = await writer.ReserveAsync(1, CancellationToken.None);
        await AppendForeignAsync("vm/f");
        (await reader.FindSafeEndAsync(new Position(2), CancellationToken.None)).Value.ShouldBe(2);
        await writer.CommitAsync(TurnOf(mine, Event("vm/a", 3)), CancellationToken.None);
        (await reader.FindSafeEndAsync(new Position(2), CancellationToken.None)).Value.ShouldBe(4);

        await using var foreign = await Host.Source.OpenConnectionAsync();
        await using var transaction = await foreign.BeginTransactionAsync();
        await AppendForeignAsync("vm/f", foreign);
        await AppendAsync(writer, Event("vm/a", 4));
        (await reader.FindSafeEndAsync(new Position(4), CancellationToken.None)).Value.ShouldBe(4);
        await transaction.CommitAsync();
        (await reader.FindSafeEndAsync(new Position(4), CancellationToken.None)).Value.ShouldBe(6);
    }

    [StoreFact]
    public async Task A_reader_under_a_writer_sees_every_event_once_and_in_order()
    {
        await using var writer = await AcquireAsync();
        var writing = Task.Run(async () =>
        {
            for (var n = 1; n <= 3000; n += 50) await AppendAsync(writer, [.. Enumerable.Range(n, 50).Select(i => Event($"vm/{i % 11}", i, $"{{\"n\":{i}, \"pad\":\"{new string('x', i * 7)}\"}}"))]);
        });
        var reader = new LogReader(Host);
        var (seen, after) = (new List<long>(), Position.None);
        while (seen.Count < 3000)
        {
            var end = await reader.FindSafeEndAsync(after, CancellationToken.None);
            await foreach (var batch in reader.ReadAsync(new LogQuery { After = after, UpTo = end }, CancellationToken.None))
            {
                foreach (var row in batch.Rows) seen.Add(row.Headers.Ordinal);
            }

            after = end;
            if (writing.IsFaulted) await writing;
        }

        await writing;
        seen.ShouldBe(Enumerable.Range(1, 3000).Select(n => (long)n));
    }

    private static Document Of(string id, string json) => new(id, Encoding.UTF8.GetBytes(json));

    private async Task PutAsync(params (string Receiver, string Alert, string Transition)[] messages)
    {
        await using var writer = await AcquireAsync();
        var turn = new Turn { Clock = Noon };
        foreach (var m in messages) turn.Add(new OutboxEntry(m.Receiver, m.Alert, "ep-" + m.Alert, m.Transition, Encoding.UTF8.GetBytes(Payload), Noon));
        await writer.CommitAsync(turn, CancellationToken.None);
    }
}

public sealed class PrivateDeliveryTests(Servers servers) : DeliveryTests(servers, ServerKind.Private);

public sealed class ExternalDeliveryTests(Servers servers) : DeliveryTests(servers, ServerKind.External);
