using System.Text.Json.Nodes;
using Qualm.Ingest.Qmp;

namespace Qualm.Rules.Tests.Schemas;

/// <summary>The schemas know exactly the keys and words that the readers know.</summary>
public sealed class SchemaKeysTests
{
    private static readonly JsonSchema Rules = JsonSchema.Load("schemas/qualm-rules.schema.json");
    private static readonly JsonSchema Tests = JsonSchema.Load("schemas/qualm-test.schema.json");

    /// <summary>Where the schema speaks of what the reader calls so.</summary>
    private static readonly Dictionary<string, string> RulePlaces = new(StringComparer.Ordinal)
    {
        ["a rule file"] = "",
        ["a group"] = "/$defs/group",
        ["'defaults'"] = "/$defs/group/properties/defaults",
        ["a rule"] = "/$defs/ruleKeys",
        ["an override"] = "/$defs/ruleKeys",
        ["an interval"] = "/$defs/interval",
        ["a member of 'times'"] = "/$defs/interval/properties/times/items",
        ["'step'"] = "/$defs/match",
        ["'absent'"] = "/$defs/match",
        ["a branch of 'any'"] = "/$defs/ruleKeys/properties/any/items",
        ["'ratio'"] = "/$defs/ruleKeys/properties/ratio",
        ["'num'"] = "/$defs/ruleKeys/properties/ratio/properties/num",
        ["'flap'"] = "/$defs/ruleKeys/properties/flap",
        ["'distinct'"] = "/$defs/ruleKeys/properties/distinct",
        ["'sum'"] = "/$defs/ruleKeys/properties/sum",
        ["'avg'"] = "/$defs/ruleKeys/properties/avg",
        ["'min'"] = "/$defs/ruleKeys/properties/min",
        ["'max'"] = "/$defs/ruleKeys/properties/max",
        ["'resolve'"] = "/$defs/resolution/anyOf/1",
        ["'actions'"] = "/$defs/ruleKeys/properties/actions/anyOf/1",
        ["an exception"] = "/$defs/ruleKeys/properties/exceptions/items",
        ["a member of 'inhibits'"] = "/$defs/ruleKeys/properties/inhibits/items",
    };

    private static readonly Dictionary<string, string> TestPlaces = new(StringComparer.Ordinal)
    {
        ["a test file"] = "",
        ["a VM of 'fleet'"] = "/properties/fleet/additionalProperties/anyOf/1",
        ["'properties'"] = "/properties/properties",
        ["a test"] = "/properties/tests/items",
    };

    public static TheoryData<string> RuleObjects => [.. RulePlaces.Keys];

    public static TheoryData<string> TestObjects => [.. TestPlaces.Keys];

    public static TheoryData<string, string> Words => new()
    {
        { "'severity'", "/$defs/severity" },
        { "'mode'", "/$defs/ruleKeys/properties/mode" },
        { "'on_gap'", "/$defs/ruleKeys/properties/on_gap" },
        { "'skip'", "/$defs/ruleKeys/properties/skip" },
        { "'window'", "/$defs/ruleKeys/properties/window" },
        { "'subject_gone'", "/$defs/resolution/anyOf/1/properties/subject_gone" },
    };

    [Theory]
    [MemberData(nameof(RuleObjects))]
    public void A_place_in_a_rule_file_has_the_keys_that_its_reader_asks_for(string place) =>
        Keys(Rules.At(RulePlaces[place])).ShouldBe(ReaderKeys.OfRules()[place].First().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(TestObjects))]
    public void A_place_in_a_test_file_has_the_keys_that_its_reader_asks_for(string place) =>
        Keys(Tests.At(TestPlaces[place])).ShouldBe(ReaderKeys.OfTests()[place].First().Order(StringComparer.Ordinal));

    [Fact]
    public void An_expectation_has_the_keys_that_its_reader_asks_for()
    {
        var known = ReaderKeys.OfTests()["a member of 'expect'"].Select(keys => string.Join(' ', keys.Order(StringComparer.Ordinal))).Distinct().Order(StringComparer.Ordinal);
        Tests.At("/$defs/expectation/anyOf").AsArray().Select(s => string.Join(' ', Keys(s!))).Order(StringComparer.Ordinal).ShouldBe(known);
    }

    [Theory]
    [MemberData(nameof(Words))]
    public void A_closed_set_of_words_is_the_readers(string place, string pointer)
    {
        var words = Rules.At(pointer)["enum"]!.AsArray().Select(w => w!.ToString()).Distinct().Order(StringComparer.Ordinal);
        words.ShouldBe(ReaderKeys.OfRules()[place].First().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("'severity'", "/$defs/expectation/anyOf/0/properties/severity")]
    [InlineData("'reason'", "/$defs/expectation/anyOf/2/properties/reason")]
    [InlineData("'deliveries'", "/$defs/expectation/anyOf/3/properties/deliveries/additionalProperties/anyOf/0")]
    [InlineData("'reorder'", "/properties/properties/properties/reorder")]
    public void A_closed_set_of_words_of_tests_is_the_readers(string place, string pointer)
    {
        var words = Tests.At(pointer)["enum"]!.AsArray().Select(w => w!.ToString()).Distinct().Order(StringComparer.Ordinal);
        words.ShouldBe(ReaderKeys.OfTests()[place].First().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_events_of_the_catalogue_are_suggested() =>
        Rules.At("/$defs/event/anyOf/0")["enum"]!.AsArray().Select(e => (string)e!).ShouldBe(QmpCatalogue.Instance.Events.Select(e => e.Name).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("schemas/qualm-rules.schema.json")]
    [InlineData("schemas/qualm-test.schema.json")]
    public void Every_key_is_described(string path)
    {
        var schema = JsonSchema.Load(path);
        Closed(schema.Root).SelectMany(o => o["properties"]!.AsObject()).Where(p => !IsDescribed(schema, p.Value!.AsObject())).Select(p => p.Key).ShouldBeEmpty();
    }

    [Fact]
    public void Every_closed_mapping_of_the_rules_schema_is_compared_with_its_reader()
    {
        var compared = RulePlaces.Values.Select(Rules.At).ToHashSet(ReferenceEqualityComparer.Instance);
        Closed(Rules.Root).Where(o => !compared.Contains(o)).Select(o => string.Join(' ', Keys(o))).ShouldBe(["after to", "critical error info warning"], ignoreOrder: true);
    }

    private static IEnumerable<string> Keys(JsonNode schema) => schema["properties"]!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal);

    private static IEnumerable<JsonObject> Closed(JsonNode? node)
    {
        if (node is JsonObject o && o["additionalProperties"] is JsonValue && o.ContainsKey("properties")) yield return o;
        var inside = node switch
        {
            JsonObject all => all.Select(p => p.Value),
            JsonArray list => list,
            _ => [],
        };
        foreach (var found in inside.SelectMany(Closed)) yield return found;
    }

    private static bool IsDescribed(JsonSchema schema, JsonObject own) =>
        own.ContainsKey("description") || (own["$ref"] is { } reference && schema.At(((string)reference!)[1..])["description"] is not null);
}
