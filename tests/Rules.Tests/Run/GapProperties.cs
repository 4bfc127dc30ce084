using FsCheck;
using FsCheck.Fluent;
using Qualm.Model;

namespace Qualm.Rules.Tests.Run;

/// <summary>Histories with gaps anywhere in them, over rules that conclude from silence in every way there is.</summary>
public sealed class GapProperties
{
    private static readonly string Rules = Timeline.Group("""
        - alert: Absent
          on: STOP
          absent: { on: RESUME }
          within: 10s
        - alert: Silent
          absent: { on: RTC_CHANGE }
          within: 20s
        - alert: Pending
          on: STOP
          for: 10s
          resolve: [ { on: RESUME }, { quiet: 30s } ]
        - alert: Quiet
          on: RTC_CHANGE
          resolve: { quiet: 10s }
          renotify: 7s
        - alert: Window
          on: RTC_CHANGE
          count: ">= 2"
          within: 10s
          for: 5s
        - alert: Few
          on: RTC_CHANGE
          count: "< 2"
          within: 10s
        - alert: Mean
          on: RTC_CHANGE
          avg: { of: event.data.offset, is: "> 3" }
          within: 10s
        - alert: Aged
          when: 'vm.status == "paused" && age(vm.since) > duration("10s")'
        - alert: Held
          when: vm.status == "paused"
          for: 10s
        - alert: Lost
          when: 'vm.monitor.known && !vm.monitor.connected && age(vm.monitor.since) > duration("5s")'
        - alert: OfHost
          on: STOP
          by: [host.id]
          absent: { on: RESUME }
          within: 10s
        """);

    private static readonly string[] FromSilence = ["Absent", "Silent", "Pending", "Few", "Aged", "OfHost"];

    private static readonly (string Name, string Data)[] Menu =
    [
        ("STOP", ""), ("RESUME", ""), ("RTC_CHANGE", """{"offset":1,"qom-path":""}"""), ("RTC_CHANGE", """{"offset":9,"qom-path":""}"""),
        ("MONITOR_LOST", ""), ("MONITOR_CONNECTED", ""), ("STATE_RESYNCED", """{"status":"running","running":true}"""),
        ("STATE_RESYNCED", """{"status":"paused","running":false}"""), ("SHUTDOWN", """{"guest":false,"reason":"host-qmp-quit"}"""),
    ];

    private static readonly Arbitrary<List<Step>> Histories = Arb.From(
        Gen.ListOf(
            from kind in Gen.Choose(0, Menu.Length - 1)
            from after in Gen.Elements(1, 500, 2000, 5000, 9000, 12_000, 25_000)
            from vm in Gen.Elements("a", "b")
            select new Step(kind, after, vm)).Select(s => s.ToList()));

    [Theory]
    [InlineData("unknown")]
    [InlineData("ignore")]
    [InlineData("fire")]
    public void Ticks_decide_nothing_that_the_next_input_would_not(string policy) =>
        Prop.ForAll(Histories, steps =>
        {
            var (plain, ticked) = (Play(steps, 0, policy), Play(steps, 700, policy));
            return plain.Lines.SequenceEqual(ticked.Lines);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_is_concluded_from_silence_while_nobody_listens() =>
        Prop.ForAll(Histories, steps =>
        {
            var timeline = Play(steps, 0, "unknown");
            var deaf = timeline.Decisions.Where(d => d.Transition == TransitionKind.Firing && FromSilence.Contains(d.Alert) && d.Reason != "gap" && IsDeaf(steps, d)).ToList();
            return (deaf.Count == 0).Label(string.Join('\n', deaf.Select(Timeline.Line).Concat(Told(steps))));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Without_monitors_gaps_change_nothing() =>
        Prop.ForAll(Histories, steps =>
        {
            var quiet = steps.Where(s => !Menu[s.Kind].Name.StartsWith("MONITOR", StringComparison.Ordinal)).ToList();
            return Play(quiet, 0, "unknown", monitored: false).Lines.SequenceEqual(Play(quiet, 0, "fire", monitored: false).Lines);
        }).QuickCheckThrowOnFailure();

    private static Timeline Play(IEnumerable<Step> steps, long every, string policy, bool monitored = true)
    {
        var timeline = new Timeline(Timeline.Compile(string.Join('\n', Rules.Split('\n').Select(l => l.Contains("- alert", StringComparison.Ordinal) ? $"{l}\n    on_gap: {policy}" : l))));
        if (monitored) foreach (var vm in (string[])["a", "b"]) timeline.Add(0, "MONITOR_CONNECTED", vm, host: "h").Add(0, "STATE_RESYNCED", vm, Menu[6].Data, host: "h");
        var at = 0L;
        foreach (var step in steps)
        {
            for (var tick = at + every; every > 0 && tick < at + step.After; tick += every) timeline.Tick(tick);
            at += step.After;
            timeline.Add(at, Menu[step.Kind].Name, step.Vm, Menu[step.Kind].Data, host: "h");
        }

        return timeline.Tick(at + 200_000);
    }

    // Whether the monitor that a decision is about was lost when it was made, and had not told the state since.
    private static bool IsDeaf(List<Step> steps, AlertTransition decision)
    {
        var at = 0L;
        var deaf = new Dictionary<string, bool> { ["a"] = false, ["b"] = false };
        var (connected, gone) = (new HashSet<string> { "a", "b" }, new Dictionary<string, long>());
        foreach (var step in steps)
        {
            at += step.After;
            if (Timeline.Ms(at) > decision.DecidedAt) break;
            var name = Menu[step.Kind].Name;
            if (name == "SHUTDOWN") (deaf[step.Vm], _) = (false, gone.TryAdd(step.Vm, at));
            else if (name == "MONITOR_LOST" && connected.Remove(step.Vm)) deaf[step.Vm] |= !gone.ContainsKey(step.Vm);
            else if (name == "MONITOR_CONNECTED") connected.Add(step.Vm);
            else if (name == "STATE_RESYNCED") deaf[step.Vm] = false;

            // What a VM said last may arrive behind its end.
            var straggles = (name is "STOP" or "RTC_CHANGE") && gone.TryGetValue(step.Vm, out var since) && at - since <= 2000;
            if (name is not ("SHUTDOWN" or "MONITOR_LOST") && !straggles) gone.Remove(step.Vm);
        }

        // What was true before the loss is told after the lateness all the same.
        var subject = decision.Key[0];
        var lost = subject.Name == "vm" ? deaf[subject.Value] : deaf.ContainsValue(true);
        return lost && decision.DecidedAt - decision.At <= TimeSpan.FromSeconds(2) && !WasKnown(steps, decision);
    }

    // Whether the moment decided about lies before the loss.
    private static bool WasKnown(List<Step> steps, AlertTransition decision)
    {
        var (at, last) = (0L, long.MaxValue);
        var connected = new HashSet<string> { "a", "b" };
        foreach (var step in steps)
        {
            at += step.After;
            if (Timeline.Ms(at) > decision.DecidedAt) break;
            if (Menu[step.Kind].Name == "MONITOR_LOST" && connected.Remove(step.Vm) && (decision.Key[0].Name == "host" || step.Vm == decision.Key[0].Value)) last = at;
            if (Menu[step.Kind].Name == "MONITOR_CONNECTED") connected.Add(step.Vm);
        }

        return decision.Alert is "Few" or "Aged" && decision.At <= Timeline.Ms(last);
    }

    private static IEnumerable<string> Told(List<Step> steps)
    {
        var at = 0;
        return steps.Select(s => $"{at += s.After} {s.Vm} {Menu[s.Kind].Name} {Menu[s.Kind].Data}");
    }

    private sealed record Step(int Kind, int After, string Vm);
}
