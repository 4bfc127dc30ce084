using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Projections;

namespace Qualm.Rules.Tests.Run;

/// <summary>A session that is written down and taken up again after some of its inputs goes on as if nothing had been, to the byte.</summary>
public sealed class SavingProperties
{
    private const string Chain = """
        - emit: Burst
          on: STOP
          by: [vm.id]
          count: ">= 2"
          within: 10s
          values: { last: event.name }
        - emit: Edge
          on: QUORUM_FAILURE
          by: [vm.id, event.data.reference]
          values: { sector: event.data.sector_num }
        - fact: Bursting
          on: Burst
          resolve: { quiet: 15s }
        - alert: OfEdges
          on: Edge
          by: [vm.id]
          sum: { of: event.data.sector, is: ">= 7" }
          within: 20s
          annotations: { summary: "{{ agg.sum }} of {{ event.data.sector }}" }
        - alert: Pairs
          sequence:
          - a: { on: Edge }
          - b: { on: Burst }
          within: 20s
          resolve: { quiet: 5s }
          annotations: { summary: "{{ a.data.sector }} {{ b.at }}" }
        - fact: Noisy
          when: 'firing("Trouble") || fact("Bursting")'
        - alert: Trouble
          on: RESET
          by: [vm.id]
          resolve: { on: RESUME }
        - alert: Both
          by: [vm.id]
          when: 'fact("Noisy") && vm.status == "paused"'
          for: 3s
        """;

    private const string Mutes = """
        - alert: Panic
          on: GUEST_PANICKED
          by: [vm.id]
          resolve: [ { on: RESET, for: 2s }, { quiet: 30s } ]
          renotify: 7s
          inhibits: [ { alert: Stops, equal: [vm] } ]
          actions: { firing: [a], unacknowledged: { after: 9s, to: [boss] } }
        - alert: Stops
          on: STOP
          by: [vm.id]
          severity: { warning: agg.count >= 1, critical: agg.count >= 3 }
          resolve: { quiet: 12s }
          cooldown: 20s
          actions: { firing: [b], severity: [b], resolved: [b] }
        """;

    // One or more of every operator, and of what rules do with one another.
    private static readonly string[] Rules =
    [
        Chain, Mutes,
        "- alert: Host\n  on: STOP\n  by: [vm.host]\n  absent: { on: RESUME }\n  within: 8s\n  annotations: { summary: '{{ event.name }} {{ vm.name }}' }",
        "- alert: Silent\n  absent: { on: STOP }\n  within: 9s\n  on_gap: ignore",
        "- alert: Distinct\n  on: QUORUM_FAILURE\n  distinct: { of: event.data.sector_num, is: \">= 3\" }\n  within: 9s\n  annotations: { summary: \"{{ agg.members }}\" }",
        "- alert: DistinctFew\n  on: QUORUM_FAILURE\n  by: [vm.id, event.data.reference]\n  distinct: { of: event.data.sector_num, is: \"<= 2\" }\n  within: 9s\n  annotations: { summary: \"{{ agg.members }}\" }",
        "- alert: Least\n  on: QUORUM_FAILURE\n  min: { of: event.data.sector_num, is: \">= 2\" }\n  within: 9s\n  annotations: { summary: '{{ event.data.reference }}' }",
        "- alert: Sum\n  on: QUORUM_FAILURE\n  sum: { of: event.data.sector_num, is: \">= 9\" }\n  within: 9s",
        "- alert: Ratio\n  by: [vm.host]\n  ratio: { num: { distinct: vm.id, on: STOP }, den: host.vms, is: \">= 0.5\", min: 2 }\n  within: 9s",
        "- alert: Flap\n  on: QUORUM_FAILURE\n  flap: { value: event.data.sector_num, history: 5, high: 0.75, low: 0.5 }\n  within: 9s",
        "- alert: Tumbling\n  on: QUORUM_FAILURE\n  distinct: { of: event.data.sector_num, is: \">= 2\" }\n  within: 9s\n  window: tumbling\n  annotations: { summary: '{{ agg.members }} {{ event.data.reference }}' }",
        "- alert: TumblingFew\n  on: STOP\n  count: \"<= 1\"\n  within: 9s\n  window: tumbling",
        "- alert: Session\n  on: QUORUM_FAILURE\n  max: { of: event.data.sector_num, is: \">= 4\" }\n  within: 30s\n  window: session\n  gap: 5s",
        "- alert: Count\n  on: STOP\n  count: \">= 3\"\n  within: 9s",
        "- alert: CountMore\n  on: STOP\n  count: \">= 4\"\n  within: 20s\n  for: 2s\n  on_gap: fire",
        "- alert: CountQuiet\n  on: STOP\n  count: \">= 2\"\n  within: 9s\n  resolve: [ { on: RESUME }, { quiet: 6s } ]\n  severity: { warning: agg.count >= 2, critical: agg.count >= 4 }",
        "- alert: Partly\n  on: QUORUM_FAILURE\n  by: [vm.id, event.data.reference]\n  resolve: [ { on: RESET }, { on: RESUME, quiet: 4s } ]",
        "- alert: All\n  all:\n  - a: { on: QUORUM_FAILURE }\n  - b: { on: QUORUM_FAILURE, where: b.data.sector_num != a.data.sector_num }\n  within: 9s\n  resolve: { quiet: 5s }",
        "- alert: Unless\n  sequence:\n  - a: { on: STOP }\n  - unless: { on: RESUME }\n  - b: { on: GUEST_PANICKED }\n  within: 9s\n  resolve: { quiet: 5s }",
        "- alert: Held\n  on: GUEST_PANICKED\n  resolve: [ { when: 'vm.status == \"paused\" && age(vm.since) > duration(\"4s\")' }, { subject_gone: true, for: 3s }, { quiet: 30s } ]",
        "- alert: Paused\n  when: 'vm.status == \"paused\" && age(vm.since) > duration(\"9s\")'",
        "- alert: Lost\n  when: 'vm.monitor.known && !vm.monitor.connected && age(vm.monitor.since) > duration(\"5s\")'",
    ];

    private static readonly (string Name, string Data)[] Menu =
    [
        ("STOP", ""), ("STOP", ""), ("RESUME", ""), ("GUEST_PANICKED", ""), ("RESET", ""), ("QUORUM_FAILURE", "q"), ("QUORUM_FAILURE", "r"), ("QUORUM_FAILURE", "q"),
        ("MONITOR_LOST", ""), ("MONITOR_CONNECTED", ""), ("STATE_RESYNCED", """{"status":"paused","running":false}"""), ("STATE_RESYNCED", """{"status":"running","running":true}"""),
        ("SHUTDOWN", """{"guest":false,"reason":"host-qmp-quit"}"""),
    ];

    private static Gen<Step[]> Steps { get; } =
        (from gap in Gen.Frequency((3, Gen.Choose(0, 3)), (2, Gen.Choose(4, 20)), (1, Gen.Choose(100, 400)))
         from delay in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(0, 6)))
         from kind in Gen.Choose(0, Menu.Length + 1)
         from vm in Gen.Choose(1, 3)
         from value in Gen.Choose(0, 5)
         select new Step(gap, delay, kind, vm, value)).ArrayOf().Resize(70);

    private static Arbitrary<Run> Runs { get; } =
        (from steps in Steps
         from rules in Gen.SubListOf(Rules)
         from next in Gen.SubListOf(Rules)
         from activation in Gen.Choose(0, 70)
         from every in Gen.Choose(1, 7)
         select new Run(steps, [.. rules], [.. next], activation, every)).ToArbitrary();

    [Fact]
    public void Saved_and_taken_up_again_it_decides_the_same_to_the_byte() => Prop.ForAll(Runs, run =>
    {
        var (straight, broken) = (new Life(run.Rules), new Life(run.Rules));
        for (var i = 0; i < run.Steps.Length; i++)
        {
            if (i % run.Every == 0) broken.Restart();
            if (i == run.Activation) Both(life => life.Activate(run.Next, run.Steps[i].Value % 2 == 0));
            Both(life => life.Take(run.Steps[i]));
        }

        Twin.Same(broken.Session, straight.Session);
        broken.Restart();
        Both(life => life.Finish());
        Twin.Same(broken.Session, straight.Session);
        return straight.Lines.SequenceEqual(broken.Lines).Label($"\nstraight:\n{string.Join('\n', straight.Lines)}\nbroken:\n{string.Join('\n', broken.Lines)}");

        void Both(Action<Life> act)
        {
            act(straight);
            act(broken);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Saving_changes_nothing() => Prop.ForAll(Runs, run =>
    {
        var (left, saved) = (new Life(run.Rules), new Life(run.Rules));
        foreach (var step in run.Steps)
        {
            Twin.Saved(saved.Session).AsSpan().SequenceEqual(Twin.Saved(saved.Session)).ShouldBeTrue();
            left.Take(step);
            saved.Take(step);
        }

        Twin.Same(saved.Session, left.Session);
        return left.Lines.SequenceEqual(saved.Lines);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact]
    public void Damaged_bytes_are_refused_or_taken_up_and_nothing_else()
    {
        var damage = Gen.Choose(0, int.MaxValue).Two().ArrayOf(12).Zip(Gen.Choose(0, 1000)).ToArbitrary();
        var lives = new[] { Rules, [Chain, Mutes], Rules[2..14] }.Select(rules =>
        {
            var life = new Life(rules);
            foreach (var step in Steps.Sample(3, 70).SelectMany(s => s)) life.Take(step);
            return (Life: life, Bytes: Twin.Saved(life.Session));
        }).ToArray();
        var refused = 0;
        Prop.ForAll(damage, damaged =>
        {
            var (flips, part) = damaged;
            foreach (var (life, bytes) in lives)
            {
                refused += Refuses(life, bytes[..(int)((long)bytes.Length * part / 1001)]);
                for (var count = 1; count <= flips.Length; count++)
                {
                    var flipped = bytes.ToArray();
                    foreach (var (place, bit) in flips[..count]) flipped[place % flipped.Length] ^= (byte)(1 << (bit % 8));
                    refused += Refuses(life, flipped);
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
        refused.ShouldBeGreaterThan(300);
    }

    [Fact]
    public void State_of_another_set_is_refused()
    {
        var (life, other) = (new Life([Chain]), new Life([Mutes]));
        Should.Throw<StateFormatException>(() => RuleSession.Restore(other.Session.Set, Twin.Reader(Twin.Saved(life.Session)), life.Fleet.VmAt, life.Fleet.HostAt))
            .Message.ShouldBe("rules: the state is of another set of rules");
    }

    [Fact]
    public void While_rules_are_warmed_nothing_is_saved()
    {
        var life = new Life([Chain]);
        life.Session.HasWarmings.ShouldBeFalse();
        life.Session.Foresee(new RuleWarming(life.Session.Set, Life.Compile([Chain, Mutes])));
        life.Session.HasWarmings.ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => life.Session.Save(new StateWriter()));
    }

    private static int Refuses(Life life, byte[] bytes)
    {
        try
        {
            RuleSession.Restore(life.Session.Set, Twin.Reader(bytes), life.Fleet.VmAt, life.Fleet.HostAt);
            return 0;
        }
        catch (StateFormatException)
        {
            return 1;
        }
    }

    private sealed record Step(int Gap, int Delay, int Kind, int Vm, int Value);

    private sealed record Run(Step[] Steps, string[] Rules, string[] Next, int Activation, int Every)
    {
        public override string ToString() => $"every {Every} of\n{string.Join('\n', Steps.Select(s => s.ToString()))}\nactivation at {Activation} of\n{string.Join('\n', Next)}\nafter\n{string.Join('\n', Rules)}";
    }

    // A session and its fleet, which may be told to start again from what it has written down.
    private sealed class Life(string[] rules) : IDecisionSink
    {
        private readonly FleetFold _fold = new(QmpCatalogue.Instance);
        private readonly MemberSlot[] _slots = new MemberSlot[256];
        private long _stamp = 10_000_000;
        private long _at = 10_000_000;
        private long _position;

        public Fleet Fleet { get; } = new();

        public RuleSession Session { get; private set; } = new(Compile(rules));

        public List<string> Lines { get; } = [];

        public static RuleSet Compile(IEnumerable<string> rules) => Timeline.Compile(Timeline.Group(string.Join('\n', rules.Prepend("- alert: Always\n  on: WAKEUP"))));

        public void Restart() => Session = RuleSession.Restore(Session.Set, Twin.Reader(Twin.Saved(Session)), Fleet.VmAt, Fleet.HostAt);

        public void Take(Step step)
        {
            _at += step.Gap * 500_000L;
            _stamp = Math.Max(_stamp + 1, _at + (step.Delay * 500_000L));
            if (step.Kind == Menu.Length)
            {
                Session.AdvanceTo(new Instant(_stamp), this);
                return;
            }

            if (step.Kind > Menu.Length)
            {
                var target = AlertId.Of("Panic", [new KeyPart("vm", $"vm-{step.Vm}", true)]);
                Lines.Add(Session.Acknowledge(new OperatorCommand.Acknowledge(target, "ann", "mine"), new Instant(_stamp), new Position(++_position), this).ToString());
                return;
            }

            var (name, data) = Menu[step.Kind];
            Feed(name, data is "q" or "r" ? $$"""{"reference":"{{data}}","sector-num":{{step.Value}},"sectors-count":1}""" : data, $"vm-{step.Vm}", (step.Value % 2) + 1);
        }

        public void Activate(string[] next, bool warms)
        {
            var set = Compile(next);
            _stamp += 2;
            var warming = warms ? new RuleWarming(Session.Set, set) : null;
            warming?.Begin(new Instant(_stamp - 1), Fleet.Vms, Fleet.Hosts);
            if (warming is not null) Session.Foresee(warming);
            Session.Activate(set, new Instant(_stamp), this, warming);
        }

        public void Finish() => Session.AdvanceTo(new Instant(_stamp + 1_000_000_000), this);

        public void Decide(AlertTransition transition) => Lines.Add(Twin.Whole(transition));

        public void Deliver(AlertTransition transition) => Lines.Add("told " + Twin.Whole(transition));

        private void Feed(string name, string data, string vm, long weight)
        {
            var schema = QmpCatalogue.Instance.Find(name)!;
            var bytes = Encoding.UTF8.GetBytes(data);
            Array.Clear(_slots);
            if (bytes.Length > 0) EventDecoder.ReadSlots(schema, bytes, _slots);
            var view = new EventView
            {
                Schema = schema,
                Name = name,
                Data = bytes,
                Slots = _slots.AsSpan(0, schema.SlotCount),
                At = new Instant(_at),
                Stamp = new Instant(_stamp),
                Position = new Position(++_position),
                Weight = weight,
                Vm = Fleet.GetOrAddVm(vm),
                Host = Fleet.GetOrAddHost("h"),
                Source = "test",
            };
            Session.AdvanceTo(view.Stamp, this);
            _fold.Apply(view);
            Session.Process(view, this);
        }
    }
}
