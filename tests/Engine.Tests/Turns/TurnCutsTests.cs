using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Qualm.Engine.Configuration;
using Qualm.Engine.Turns;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules;
using Qualm.Store.Writing;

namespace Qualm.Engine.Tests.Turns;

/// <summary>How inputs fall into windows and turns, and how often the clock ticks, changes no decision, no message and no row.</summary>
public class TurnCutsTests
{
    private const int End = 300;

    /// <summary>Room for the decisions behind the inputs of a turn.</summary>
    private const int Apart = 10_000;

    /// <summary>Between two inputs, in microseconds, with room for a tick.</summary>
    private const int Least = 10;

    private static readonly RuleSetText First = Text("""
        groups:
        - name: g
          rules:
          - alert: Each
            on: GUEST_PANICKED
            resolve: [ { on: RESET }, { quiet: 20s } ]
            cooldown: 15s
            actions: [page]
          - alert: Counted
            on: BLOCK_IO_ERROR
            by: [vm.id, event.data.device]
            count: ">= 3"
            within: 30s
            severity: { warning: "agg.count >= 3", critical: "agg.count >= 6" }
            actions: { firing: [page], resolved: [page], severity: [page] }
          - alert: Panes
            on: STOP
            count: ">= 2"
            within: 20s
            window: tumbling
          - alert: Paused
            when: 'vm.status == "paused"'
            for: 10s
            actions: { firing: [page], unacknowledged: { after: 15s, to: [page-virt] } }
          - alert: NotFollowed
            on: STOP
            absent: { on: [RESET, RESUME] }
            within: 12s
            renotify: 10s
          - alert: StopThenReset
            sequence: [ { a: { on: STOP } }, { unless: { on: RESUME } }, { b: { on: RESET } } ]
            within: 40s
          - emit: Chain
            on: BLOCK_IO_ERROR
            by: [vm.id, event.data.device]
            count: ">= 2"
            within: 10s
          - alert: OnChain
            on: Chain
            by: [vm.id]
            count: ">= 2"
            within: 60s
          - alert: Muter
            on: RESET
            by: [vm.id]
            inhibits: [ { alert: Each, equal: [vm] } ]
            resolve: [ { quiet: 25s } ]
        """);

    private static readonly RuleSetText Second = Text("""
        groups:
        - name: g
          rules:
          - alert: Each
            on: GUEST_PANICKED
            resolve: [ { quiet: 8s } ]
            actions: [page]
          - alert: Paused
            when: 'vm.status == "paused"'
            for: 10s
            actions: { firing: [page], unacknowledged: { after: 15s, to: [page-virt] } }
          - alert: Silent
            absent: { on: RESUME }
            within: 30s
        """);

    private static readonly Dictionary<string, RuleSet> Sets = new RuleSetText[] { First, Second }.ToDictionary(t => t.Digest, t => RuleSetCompiler.Compile(t, QmpCatalogue.Instance).Set!);

    [Fact]
    public void However_inputs_fall_into_turns_and_whenever_the_clock_ticks_the_same_is_decided_told_and_written() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(byte Kind, byte Vm, byte Seconds)[]>(), ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<byte[]>(), Follow)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_stream_that_is_cut_leads_to_decisions_of_every_rule()
    {
        var steps = Enumerable.Range(0, 400).Select(i => ((byte)(i * 37 % 251), (byte)(i * 11 % 7), (byte)(i * 5 % 13))).ToArray();
        var run = Run(Inputs(steps), [], []);
        foreach (var rule in (string[])["Each", "Counted", "Panes", "Paused", "NotFollowed", "StopThenReset", "Chain", "OnChain", "Muter", "Silent"])
            run.Decisions.ShouldContain(d => d.Contains($"\"{rule}\"", StringComparison.Ordinal));
        run.Outbox.ShouldNotBeEmpty();
    }

    private static void Follow((byte Kind, byte Vm, byte Seconds)[] steps, byte[] cuts, byte[] ticks)
    {
        var inputs = Inputs(steps);
        var alone = Run(inputs, [1], []);
        ShouldBe(Run(inputs, [], []), alone, "in one turn");
        ShouldBe(Run(inputs, [], ticks), alone, "in one turn, with ticks");
        ShouldBe(Run(inputs, [1], ticks), alone, "one by one, with ticks");
        ShouldBe(Run(inputs, [.. cuts.Select(c => 1 + (c % 9))], ticks), alone, "cut anywhere");
    }

    private static void ShouldBe(Result run, Result alone, string how)
    {
        run.Decisions.ShouldBe(alone.Decisions, how);
        run.Outbox.ShouldBe(alone.Outbox, how);
        run.Rows.ShouldBe(alone.Rows, how);
        run.Digest.ShouldBe(alone.Digest, how);
        run.State.ShouldBe(alone.State, how);
    }

    private static List<StampedInput> Inputs((byte Kind, byte Vm, byte Seconds)[] steps)
    {
        var stamp = 1000 * Instant.Second;
        List<StampedInput> inputs = [new StampedInput.Activation(new Instant(stamp), First)];
        for (var i = 0; i < steps.Length; i++)
        {
            stamp += (steps[i].Seconds % 12 * Instant.Second / 2) + Least;
            inputs.Add(Input(steps[i], i, new Instant(stamp)));
        }

        inputs.Add(new StampedInput.Tick(new Instant(stamp + (End * Instant.Second))));
        return inputs;
    }

    private static StampedInput Input((byte Kind, byte Vm, byte Seconds) step, int place, Instant stamp)
    {
        var vm = $"vm-{step.Vm % 3}";
        return (step.Kind % 16) switch
        {
            0 or 1 or 2 => Event("STOP", "{}"),
            3 => Event("RESUME", "{}"),
            4 or 5 => Event("RESET", """{"guest":true,"reason":"guest-reset"}"""),
            6 or 7 or 8 => Event("GUEST_PANICKED", """{"action":"pause"}"""),
            13 => new StampedInput.Garbage(stamp, new Quarantined("s", 0, 0, "no JSON", new byte[] { 1 }, new Guid(place, 1, 0, new byte[8]))),
            14 => new StampedInput.Command(stamp, new OperatorCommand.Acknowledge(AlertId.Of("Paused", [new KeyPart("vm", vm, IsText: true)]), "ann", ""), place + 1),
            15 when step.Kind == 15 => new StampedInput.Activation(stamp, Second),
            _ => Event("BLOCK_IO_ERROR", $$"""{"device":"vd{{step.Kind % 2}}","operation":"read","action":"report"}"""),
        };

        StampedInput Event(string name, string data)
        {
            // Some come late, some stand for several.
            var at = new Instant(stamp.Micros - (step.Seconds % 3 * Instant.Second / 2));
            var message = new QmpEvent(name, QmpCatalogue.Instance.Find(name), at, Encoding.UTF8.GetBytes(data), default, Altered: false);
            var received = new ReceivedEvent(message, new EventOrigin("s", vm, step.Vm % 2 == 0 ? "h" : null, "i", 1), new Guid(place, 0, 0, new byte[8]), place);
            return new StampedInput.Event(stamp, received, at, EventMarks.None, 1 + (step.Kind % 5 == 0 ? step.Vm : 0));
        }
    }

    /// <param name="cuts">Inputs of each turn, from the first again when there are more; empty for one turn.</param>
    /// <param name="ticks">Where the clock ticks: as many inputs lie between two ticks.</param>
    private static Result Run(List<StampedInput> inputs, int[] cuts, byte[] ticks)
    {
        var decisions = new Decisions();
        var live = new LiveTurn(new Timeline(QmpCatalogue.Instance, new RuleSession(CompiledRules.None)), decisions, text => Sets[text.Digest], 1, observed: false);
        var result = new Result();
        var positions = inputs.Select((input, i) => (input, Position: (i + 1L) * Apart)).ToDictionary(p => p.input.Stamp, p => p.Position);
        foreach (var window in Cut(WithTicks(inputs, ticks), cuts).SelectMany(TurnWindows.BeginningWithActivations))
        {
            var places = window.Where(i => LiveTurn.PositionsNeeded([i]) > 0).Select(i => positions[i.Stamp]).ToArray();
            var turn = live.Evaluate(window, new Positions(places));
            result.Rows.AddRange(turn.Rows.Select((row, i) => $"{turn.RowPositions[i]} {row.Stream} {row.Type} {Encoding.UTF8.GetString(row.Data.Span)}"));
            var brought = live.AddDecisions();
            result.Decisions.AddRange(brought.Decisions.Select(Json));
            result.Outbox.AddRange(turn.Outbox.Select(o => $"{o.Receiver} {o.AlertId} {o.Transition} {Encoding.UTF8.GetString(o.Payload.Span)}"));
            result.Digest = Convert.ToHexString(turn.Digest.Span);
        }

        var state = new StateWriter();
        live.Timeline.Save(state);
        result.State = Convert.ToHexString([.. state.Pieces.SelectMany(p => p.ToArray())]);
        return result;
    }

    private static IEnumerable<StampedInput> WithTicks(List<StampedInput> inputs, byte[] ticks)
    {
        var (left, next) = (ticks.Length > 0 ? ticks[0] % 5 : int.MaxValue, 0);
        for (var i = 0; i < inputs.Count; i++)
        {
            yield return inputs[i];
            if (left-- > 0 || i + 1 == inputs.Count) continue;
            left = ticks[++next % ticks.Length] % 5;
            yield return new StampedInput.Tick(new Instant((inputs[i].Stamp.Micros + inputs[i + 1].Stamp.Micros) / 2));
        }
    }

    private static IEnumerable<IReadOnlyList<StampedInput>> Cut(IEnumerable<StampedInput> inputs, int[] cuts)
    {
        var window = new List<StampedInput>();
        var next = 0;
        foreach (var input in inputs)
        {
            window.Add(input);
            if (cuts.Length == 0 || window.Count < cuts[next % cuts.Length]) continue;
            yield return [.. window];
            window.Clear();
            next++;
        }

        if (window.Count > 0) yield return window;
    }

    private static string Json(AlertTransition transition)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text)) TransitionJson.Write(json, transition);
        return $"{Encoding.UTF8.GetString(text.ToArray())} {transition.WithheldBy}";
    }

    private static RuleSetText Text(string yaml) => RuleSetText.Of([new RuleSetText.File("r.yaml", yaml)]);

    /// <summary>All that a run left behind.</summary>
    private sealed class Result
    {
        public List<string> Decisions { get; } = [];

        public List<string> Outbox { get; } = [];

        public List<string> Rows { get; } = [];

        public string Digest { get; set; } = "";

        public string State { get; set; } = "";
    }
}
