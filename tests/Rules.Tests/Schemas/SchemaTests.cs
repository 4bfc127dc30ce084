using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules.Testing;

namespace Qualm.Rules.Tests.Schemas;

/// <summary>The schemas and the readers agree on what a file may look like.</summary>
public sealed class SchemaTests
{
    private static readonly JsonSchema Rules = JsonSchema.Load("schemas/qualm-rules.schema.json");
    private static readonly JsonSchema Tests = JsonSchema.Load("schemas/qualm-test.schema.json");

    /// <summary>Faults that can be seen without knowing what names and expressions mean.</summary>
    private static readonly string[] Structural = ["104", "105", "109", "110", "111", "112", "115", "209"];

    public static TheoryData<string> RuleFiles => [.. Files("*.yaml").Where(f => !f.EndsWith(".test.yaml", StringComparison.Ordinal)).Concat(Files("*.yaml", "tests/Rules.Tests/testdata"))];

    public static TheoryData<string> TestFiles => [.. Files("*.test.yaml")];

    public static TheoryData<string> BadRules =>
    [
        "{}", "groups: {}", "groups: [ { rules: [] } ]", "groups: [ { name: g } ]", "group: []", "lists: { a: b }", "lists: { a: [ { b: c } ] }", "lists: { 'a b': [] }",
        "macros: { a-b: 'true' }", "macros: { a: ~ }", "macros: { a: [b] }", "intervals: { a: {} }", "intervals: { a: { times: [] } }", "intervals: { a: { times: [ {} ] } }",
        "intervals: { a: { times: [ { days: moon } ] } }", "intervals: { a: { times: [ { from: '25:00' } ] } }", "intervals: { a: { times: [ { to: '8:00' } ] } }",
        "override: [ { alert: A } ]", "override: [ { within: 5m } ]", "override: [ { alert: A, wthin: 5m } ]", "override: { alert: A, within: 5m }",
        Rule("on: STOP"), Rule("alert: A, emit: B, on: STOP"), Rule("alert: 5a, on: STOP"), Rule("alert: A"), Rule("alert: A, on: []"), Rule("alert: A, on: { a: b }"), Rule("alert: A, on: STOP, where: ~"),
        Rule("alert: A, on: STOP, count: 3, within: 1m"), Rule("alert: A, on: STOP, count: '>= 3'"), Rule("alert: A, on: STOP, count: '>= x', within: 1m"), Rule("alert: A, count: '>= 3', within: 1m"),
        Rule("alert: A, on: STOP, count: '>= 3', within: 1 m"), Rule("alert: A, on: STOP, count: '>= 3', within: 5"), Rule("alert: A, on: STOP, count: '>= 3', within: 1m1h"), Rule("alert: A, on: STOP, count: '>= 3', within: 1M"),
        Rule("alert: A, on: STOP, count: '>= 3', when: vm.panicked, within: 1m"), Rule("alert: A, on: STOP, sum: '>= 3', within: 1m"), Rule("alert: A, on: STOP, sum: { is: '> 3' }, within: 1m"),
        Rule("alert: A, on: STOP, max: { of: event.at }, within: 1m"), Rule("alert: A, on: STOP, max: { of: 1, is: '> 1', by: 2 }, within: 1m"), Rule("alert: A, ratio: { num: { on: STOP }, den: host.running_vms, is: '> 1' }"),
        Rule("alert: A, ratio: { num: { where: 'true' }, den: host.running_vms, is: '> 1' }, within: 1m"), Rule("alert: A, ratio: { num: { on: STOP }, den: host.running_vms, is: '> 1', min: many }, within: 1m"),
        Rule("alert: A, sequence: [ { a: { on: STOP } } ], within: 1m"), Rule("alert: A, sequence: [ { a: { on: STOP } }, { unless: { on: RESET } } ], within: 1m"), Rule("alert: A, sequence: { a: { on: STOP }, b: { on: RESUME } }, within: 1m"),
        Rule("alert: A, all: [ { a: { on: STOP } }, { b: { of: RESUME } } ], within: 1m"), Rule("alert: A, all: [ { a: STOP }, { b: { on: RESUME } } ], within: 1m"), Rule("alert: A, any: []"), Rule("alert: A, any: { on: STOP }"), Rule("alert: A, any: [ { nam: x, on: STOP } ]"),
        Rule("alert: A, absent: { on: STOP }"), Rule("alert: A, absent: { where: 'true' }, within: 1d"), Rule("alert: A, when: []"), Rule("alert: A, on: STOP, when: vm.panicked"), Rule("alert: A, on: STOP, flap: { value: event.at, history: 5, high: 1 }, within: 1m"),
        Rule("alert: A, on: STOP, severity: bad"), Rule("alert: A, on: STOP, severity: { bad: 'true' }"), Rule("alert: A, on: STOP, severity: [error]"), Rule("alert: A, on: STOP, resolve: []"), Rule("alert: A, on: STOP, resolve: gone"), Rule("alert: A, on: STOP, resolve: [never]"),
        Rule("alert: A, on: STOP, resolve: {}"), Rule("alert: A, on: STOP, resolve: { for: 1m }"), Rule("alert: A, on: STOP, resolve: { where: 'true', quiet: 5m }"), Rule("alert: A, on: STOP, resolve: { quiet: soon }"), Rule("alert: A, on: STOP, resolve: { subject_gone: 'off' }"),
        Rule("alert: A, on: STOP, resolve: { subject_gone: false }"), Rule("alert: A, on: STOP, labels: [a]"), Rule("alert: A, on: STOP, labels: { a: [b] }"), Rule("alert: A, on: STOP, annotations: { a: {} }"), Rule("alert: A, on: STOP, actions: []"),
        Rule("alert: A, on: STOP, actions: { fired: [a] }"), Rule("alert: A, on: STOP, exceptions: [ { key: { vm: a } } ]"), Rule("alert: A, on: STOP, exceptions: [ { reason: a } ]"), Rule("alert: A, on: STOP, exceptions: { key: { vm: a }, reason: b }"),
        Rule("alert: A, on: STOP, inhibits: [ { alert: B } ]"), Rule("alert: A, on: STOP, inhibits: [ { equal: [vm] } ]"), Rule("alert: A, on: STOP, on_gap: wait"), Rule("alert: A, on: STOP, mode: off"), Rule("alert: A, on: STOP, by: []"), Rule("alert: A, on: STOP, by: [[a]]"),
        Rule("alert: A, on: STOP, vars: [a]"), Rule("alert: A, on: STOP, lateness: -1s"), Rule("alert: A, on: STOP, count: '>= 3', within: 1m, window: hopping"), Rule("alert: A, sequence: [ { a: { on: STOP } }, { b: { on: RESUME } } ], within: 1m, skip: all"),
        "groups: [ { name: g, defaults: { on: STOP }, rules: [] } ]", "groups: [ { name: g, defaults: { mode: on }, rules: [ { alert: A, on: STOP } ] } ]", "groups: [ { name: g, rules: [ ~ ] } ]",
    ];

    public static TheoryData<string> BadTests =>
    [
        "{}", "rules: a.yaml", "tests: []", "rules: []\ntests: []", "rules: a.yaml\ntests: {}", "rules: a.yaml\ntests: []\nstarts: now", "rules: a.yaml\ntests: []\nfleet: [vm-1]", "rules: a.yaml\ntests: []\nfleet: { vm-1: h1 }",
        "rules: a.yaml\ntests: []\nfleet: { vm-1: { hosts: h1 } }", "rules: a.yaml\ntests: []\nproperties: { crash: true }", "rules: a.yaml\ntests: []\nproperties: { reorder: yes }",
        Test("events: a"), Test("name: a"), Test("name: a, events: '+1s vm-1 STOP'"), Test("name: a, events: [], expect: [ { at: 1s, alert: A } ]"), Test("name: a, events: '+1s vm-1 STOP', expect: []"), Test("name: a, events: '+1s vm-1 STOP', expect: { at: 1s, alert: A }"),
        Expect("at: 1s"), Expect("alert: A"), Expect("at: 1, alert: A"), Expect("at: 1s, alert: A, no_alert: B"), Expect("at: 1s, alert: A, because: all"), Expect("at: 1s, alert: A, because: []"), Expect("at: 1s, alert: A, because: 0"), Expect("at: 1s, alert: A, severity: bad"),
        Expect("at: 1s, no_alert: A, severity: error"), Expect("at: 1s, no_alert: A, because: [1]"), Expect("at: 1s, resolved: A, reason: tired"), Expect("at: 1s, resolved: A, because: 1"), Expect("deliveries: [page]"), Expect("deliveries: { page: pending }"), Expect("deliveries: { page: ~ }"),
        Expect("deliveries: {}, key: [a]"), Expect("at: 1s, alert: A, key: []"), Expect("at: 1s, alert: A, labels: { a: ~ }"),
    ];

    [Theory]
    [MemberData(nameof(RuleFiles))]
    public void A_rule_file_is_as_good_by_the_schema_as_by_check(string path) => AgreesOnRules(File.ReadAllText(Repository.Path(path)));

    [Theory]
    [MemberData(nameof(TestFiles))]
    public void A_test_file_is_as_good_by_the_schema_as_by_its_reader(string path) => AgreesOnTests(File.ReadAllText(Repository.Path(path)));

    [Theory]
    [MemberData(nameof(BadRules))]
    public void What_is_wrong_with_a_rule_file_both_see(string yaml)
    {
        Rules.Faults(YamlJson.Read(yaml)).ShouldNotBeEmpty();
        CheckRules(yaml).ShouldContain(d => d.Severity == DiagnosticSeverity.Error);
    }

    [Theory]
    [MemberData(nameof(BadTests))]
    public void What_is_wrong_with_a_test_file_both_see(string yaml)
    {
        Tests.Faults(YamlJson.Read(yaml)).ShouldNotBeEmpty();
        CheckTests(yaml).ShouldContain(d => d.Severity == DiagnosticSeverity.Error);
    }

    [Fact]
    public void They_agree_on_rule_files_with_one_thing_changed()
    {
        var file = YamlJson.Read(Repository.Read("tests/Rules.Tests/testdata/schema/rules.yaml"))!;
        var rules = file["groups"]![0]!["rules"]!.AsArray();
        for (var i = 0; i < rules.Count; i++)
        {
            // One rule at a time is as good as all of them, and the rest of the file is the same beside each.
            var alone = file.DeepClone();
            alone["groups"]![0]!["rules"] = new JsonArray(rules[i]!.DeepClone());
            foreach (var changed in Changed(alone, i == 0 ? [] : ["groups", 0, "rules", 0])) AgreesOnRules(changed);
        }
    }

    [Fact]
    public void They_agree_on_test_files_with_one_thing_changed()
    {
        foreach (var changed in Changed(YamlJson.Read(Repository.Read("tests/Rules.Tests/testdata/schema/rules.test.yaml"))!, [])) AgreesOnTests(changed);
    }

    private static string Rule(string keys) => $"groups: [ {{ name: g, rules: [ {{ {keys} }} ] }} ]";

    private static string Test(string keys) => $"rules: a.yaml\ntests: [ {{ {keys} }} ]";

    private static string Expect(string keys) => Test($"name: a, events: '+1s vm-1 STOP', expect: [ {{ {keys} }} ]");

    private static ImmutableArray<Diagnostic> CheckRules(string yaml) => RuleSetCompiler.Compile(RuleSetText.Of([new("a.yaml", yaml)]), QmpCatalogue.Instance).Diagnostics;

    private static ImmutableArray<Diagnostic> CheckTests(string yaml) => RuleTestReader.Read("a.test.yaml", yaml, QmpCatalogue.Instance).Diagnostics;

    private static void AgreesOnRules(string yaml) => Agrees(yaml, CheckRules(yaml), Rules);

    private static void AgreesOnTests(string yaml) => Agrees(yaml, CheckTests(yaml), Tests);

    // What the schema refuses the reader refuses; what is wrong with the form, and not with names or expressions, the schema refuses, too.
    private static void Agrees(string yaml, ImmutableArray<Diagnostic> said, JsonSchema schema)
    {
        if (YamlJson.Read(yaml) is not { } json) return;
        var faults = schema.Faults(json);
        var errors = said.Where(d => d.Severity == DiagnosticSeverity.Error).ToArray();
        if (faults.Count > 0) errors.ShouldNotBeEmpty($"only the schema refuses {yaml}: {string.Join(", ", faults)}");
        var formal = errors.FirstOrDefault(d => Structural.Contains(d.Code[1..]));
        if (formal is not null) faults.ShouldNotBeEmpty($"only the reader refuses {yaml}: {formal.Render()}");
    }

    /// <summary>The file, as JSON, which is YAML too, with one key taken out or renamed, or one value replaced.</summary>
    private static IEnumerable<string> Changed(JsonNode file, object[] below)
    {
        JsonNode?[] others = [null, 5, true, "", "5m", new JsonArray(), new JsonArray("x"), new JsonObject(), new JsonObject { ["x"] = "y" }];
        foreach (var place in Places(file, []).Where(p => p.Length >= below.Length && p.Take(below.Length).SequenceEqual(below)).ToArray())
        {
            foreach (var other in others) yield return Replaced(file, place, (parent, key) => Set(parent, key, other?.DeepClone()));
            yield return Replaced(file, place, (parent, key) =>
            {
                if (key is string name) parent.AsObject().Remove(name);
                else parent.AsArray().RemoveAt((int)key);
            });
            if (place[^1] is string) yield return Replaced(file, place, (parent, key) => Rename(parent.AsObject(), (string)key));
        }
    }

    private static IEnumerable<ImmutableArray<object>> Places(JsonNode? node, ImmutableArray<object> at)
    {
        if (at.Length > 0) yield return at;
        var inside = node switch
        {
            JsonObject all => all.Select(p => ((object)p.Key, p.Value)),
            JsonArray list => list.Select((v, i) => ((object)i, v)),
            _ => [],
        };
        foreach (var place in inside.SelectMany(p => Places(p.Item2, at.Add(p.Item1)))) yield return place;
    }

    private static string Replaced(JsonNode file, ImmutableArray<object> place, Action<JsonNode, object> change)
    {
        var copy = file.DeepClone();
        var parent = place[..^1].Aggregate(copy, (node, key) => key is string name ? node[name]! : node[(int)key]!);
        change(parent, place[^1]);
        return copy.ToJsonString();
    }

    private static void Set(JsonNode parent, object key, JsonNode? value)
    {
        if (key is string name) parent[name] = value;
        else parent[(int)key] = value;
    }

    private static void Rename(JsonObject parent, string key)
    {
        var value = parent[key]?.DeepClone();
        parent.Remove(key);
        parent[key + "x"] = value;
    }

    private static IEnumerable<string> Files(string pattern, string folder = "rules") =>
        Directory.EnumerateFiles(Repository.Path(folder), pattern, SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Repository.Path("."), f)).Order(StringComparer.Ordinal);
}
