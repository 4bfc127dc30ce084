namespace Qualm.Acceptance.Tests.Campaign.Rules;

/// <summary>What rules can look like: one shape for each operator, or for rules that feed each other.</summary>
internal static class RuleShapes
{
    private const string Chain = "Chained";
    private const string Doubt = "HostDoubt";
    private const string Storm = "HostStorm";

    public static IReadOnlyList<Func<Dice, IReadOnlyList<(string Name, string Yaml)>>> All { get; } =
    [
        d => One("Each", d, (r, e) => r.On(e, d).By(e, d).Point(d)),
        d => One("EachAgain", d, (r, e) => r.On(e, d).Again(d).Point(d)),
        d => One("Any", d, (r, e) => r.Add("any", $"[ {{ on: {e.Name} }}, {{ on: {d.Of(EventKind.Shutdown, EventKind.Watchdog).Name} }} ]").Point(d)),
        d => One("Counted", d, (r, e) => r.On(e, d).By(e, d).Add("count", Above(e, d)).Window(d).Ladder("agg.count", e, d)),
        d => One("CountedInPanes", d, (r, e) => r.On(e, d).Add("count", Above(e, d)).Panes(d)),
        d => One("Few", d, (r, e) => r.On(e, d).Add("count", $"\"< {d.Between(1, 3)}\"").Add("within", Seconds(d, 3, 6)).Add("window", "tumbling").Common(d)),
        d => One("Distinct", d, EventKind.DiskError, (r, e) => r.On(e, d).Add("distinct", $"{{ of: {e.Part}, is: \">= 2\" }}").Window(d).Ladder("agg.distinct", e, d)),
        d => One("Summed", d, EventKind.BadRead, (r, e) => r.On(e, d).Add(d.Of("sum", "avg", "min", "max"), $"{{ of: {e.Number}, is: \"{d.Of(">", ">=", "<", "<=")} {d.Between(2, 8)}\" }}").Window(d)),
        d => One("Share", d, EventKind.Reset, (r, e) => r.Add("by", "[vm.host]").Add("ratio", $"{{ num: {{ distinct: vm.id, on: {e.Name} }}, den: host.running_vms, is: \">= 0.{d.Between(2, 6)}\", min: {d.Between(1, 2)} }}").Add("within", Seconds(d, 2, 6)).Rest(d)),
        d => One("Sequence", d, (r, e) => r.Add("sequence", $"[ {{ a: {{ on: {e.Name} }} }}, {(d.Chance(50) ? $"{{ unless: {{ on: {d.Of(EventKind.Resume, EventKind.Clock).Name} }} }}, " : "")}{{ b: {{ on: {d.Of(EventKind.Named).Name} }} }} ]").Add("within", Seconds(d, 2, 8)).Skip(d).Point(d)),
        d => One("Together", d, EventKind.BadRead, (r, e) => r.Add("all", $"[ {{ a: {{ on: {e.Name} }} }}, {{ b: {{ on: {e.Name}, where: b.data.node_name != a.data.node_name }} }} ]").Add("within", Seconds(d, 2, 5)).Skip(d).Point(d)),
        d => One("AllOf", d, (r, e) => r.Add("all", $"[ {{ a: {{ on: {e.Name} }} }}, {{ b: {{ on: {EventKind.Shutdown.Name} }} }} ]").Add("within", Seconds(d, 2, 8)).Point(d)),
        d => One("NotFollowed", d, (r, e) => r.On(e, d).Add("absent", $"{{ on: [{EventKind.Reset.Name}, {EventKind.Resume.Name}] }}").Add("within", Seconds(d, 1, 5)).Common(d)),
        d => One("Silent", d, (r, e) => r.Add("absent", $"{{ on: {e.Name} }}").Add("within", Seconds(d, 2, 6)).Common(d)),
        d => One("Flapping", d, EventKind.Port, (r, e) => r.On(e).Add("where", "'event.data.id == \"org.qemu.guest_agent.0\"'").Add("flap", $"{{ value: event.data.open, history: {d.Between(4, 7)}, high: 0.5, low: 0.25 }}").Add("within", Seconds(d, 8, 20)).Common(d)),
        d => One("Paused", d, EventKind.Stop, (r, _) => r.Add("when", $"'vm.status == \"paused\" && age(vm.since) > duration(\"{d.Between(1, 4)}s\")'").Common(d)),
        d => One("State", d, EventKind.Stop, (r, _) => r.Add("when", d.Of("'vm.panicked'", "'vm.resets >= 3'", "'vm.disks.io_errors > 5 && vm.status == \"running\"'", "'vm.agent.known && !vm.agent.connected'")).Hold(d).Common(d)),
        d => One("Held", d, (r, e) => r.On(e, d).Add("for", Seconds(d, 1, 4)).Add("resolve", d.Of("[ { on: RESUME } ]", "[ { on: [RESET, STOP] }, { quiet: 5s } ]")).Common(d)),
        d => One("MonitorsLost", d, EventKind.Stop, (r, _) => r.Add("on", "MONITOR_LOST").Add("resolve", "[ { on: STATE_RESYNCED } ]").Common(d)),
        Chained,
        Facts,
        Muting,
    ];

    /// <summary>A rule that other rules of the set may name.</summary>
    public static bool IsNamedByOthers(string name) => name is Chain or Doubt or Storm;

    private static IReadOnlyList<(string, string)> Chained(Dice d)
    {
        var e = d.Of(EventKind.DiskError, EventKind.JobError);
        return
        [
            (Chain, new RuleText("emit", Chain).On(e, d).Add("by", $"[vm.id, {e.Part}]").Add("count", "\">= 2\"").Add("within", Seconds(d, 2, 5)).Add("values", "{ last: agg.last }").Text),
            ("OnChain", new RuleText("alert", "OnChain").Add("on", Chain).Add("by", "[vm.id]").Add("count", "\">= 2\"").Add("within", Seconds(d, 4, 10)).Common(d).Text),
        ];
    }

    private static IReadOnlyList<(string, string)> Facts(Dice d) =>
    [
        (Storm, new RuleText("alert", Storm).On(EventKind.DiskError, d).Add("by", "[vm.host]").Add("count", $"\">= {d.Between(3, 8)}\"").Add("within", Seconds(d, 2, 5)).Common(d).Text),
        (Doubt, new RuleText("fact", Doubt).Add("by", "[vm.host]").Add("when", $"'firing(\"{Storm}\")'").Text),
        ("InDoubt", new RuleText("alert", "InDoubt").Add("on", EventKind.Stop.Name).Add("by", "[vm.id, vm.host]").Add("where", $"'{d.Of("", "!")}fact(\"{Doubt}\")'").Add("resolve", "[ { quiet: 3s } ]").Common(d).Text),
    ];

    private static IReadOnlyList<(string, string)> Muting(Dice d) =>
    [
        ("Muter", new RuleText("alert", "Muter").On(EventKind.Panic).Add("by", "[vm.id]").Add("inhibits", "[ { alert: \"Muted*\", equal: [vm] } ]").Add("resolve", "[ { on: RESET }, { quiet: 5s } ]").Common(d).Text),
        ("Muted", new RuleText("alert", "Muted").On(EventKind.DiskError, d).Add("by", $"[vm.id, {EventKind.DiskError.Part}]").Add("resolve", "[ { quiet: 3s } ]").Common(d).Text),
    ];

    private static IReadOnlyList<(string, string)> One(string name, Dice d, Func<RuleText, EventKind, RuleText> shape) => One(name, d, d.Of(EventKind.Named), shape);

    private static IReadOnlyList<(string, string)> One(string name, Dice d, EventKind e, Func<RuleText, EventKind, RuleText> shape) =>
        [(name, shape(new RuleText(d.Chance(6) ? "emit" : "alert", name), e).Text)];

    private static string Above(EventKind e, Dice d) => $"\"{d.Of(">=", ">")} {d.Between(1, e.IsLimited ? 1 : 5)}\"";

    private static string Seconds(Dice d, int first, int last) => $"{d.Between(first, last)}s";
}
