using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Syntax;
using Qualm.Rules.Testing.Reading;

namespace Qualm.Rules.Testing;

/// <summary>Reads test files. A pure function: no clock, no file, no culture.</summary>
public static class RuleTestReader
{
    private static readonly Instant DefaultStart = Instant.FromUnix(1_767_225_600, 0);

    /// <param name="path">For diagnostics.</param>
    public static RuleTestReading Read(string path, string text, EventCatalogue catalogue)
    {
        var bag = new DiagnosticBag();
        var source = new SourceText(path, text);
        bag.Add(source);
        RuleTestFile? file = null;
        if (YamlReader.Read(source, bag) is not { } root)
        {
            if (bag.Errors == 0) bag.Error(TestCodes.MissingKey, source.Span(1, 1), "a test file needs the keys 'rules' and 'tests'");
        }
        else if (NodeReader.Map(root, "a test file", bag) is { } map)
        {
            file = ReadFile(path, new MapReader(map, "a test file", bag), catalogue, bag);
        }

        return new RuleTestReading(bag.Errors == 0 ? file : null, [.. bag.Ordered().Select(InTestFile)]);
    }

    private static RuleTestFile ReadFile(string path, MapReader map, EventCatalogue catalogue, DiagnosticBag bag)
    {
        var rules = map.Texts("rules") ?? [];
        if (!map.Has("rules")) bag.Error(TestCodes.MissingKey, map.Span, "a test file needs the key 'rules'", "name the rule file, e.g. rules: storage.yaml");
        var start = DefaultStart;
        if (map.Text("start") is { } time && !Instant.TryParse(time.Value, out start))
            bag.Error(TestCodes.BadTime, time.Span, $"'{time.Value}' is not a time", "write it as in 2026-01-01T00:00:00Z");
        var fleet = ReadFleet(map, bag);
        var properties = ReadProperties(map);
        var tests = ImmutableArray.CreateBuilder<RuleTest>();
        if (map.Take("tests") is { } node && NodeReader.List(node, "'tests'", bag) is { } list)
        {
            foreach (var item in list.Items)
            {
                if (NodeReader.Map(item, "a test", bag) is { } test && ReadTest(new MapReader(test, "a test", bag), fleet, catalogue, bag) is { } read) tests.Add(read);
            }
        }

        if (!map.Has("tests")) bag.Error(TestCodes.MissingKey, map.Span, "a test file needs the key 'tests'");
        map.Finish();
        foreach (var twice in tests.GroupBy(t => t.Name, StringComparer.Ordinal).SelectMany(g => g.Skip(1)))
            bag.Error(TestCodes.DuplicateTest, twice.Span, $"there is a test '{twice.Name}' already", "name each test for what it shows");
        return new RuleTestFile(path, [.. rules.Select(r => new RuleTestFile.RuleSource(r.Value, r.Span))], start, fleet, tests.ToImmutable(), properties);
    }

    private static RuleTest? ReadTest(MapReader map, ImmutableArray<RuleTestVm> fleet, EventCatalogue catalogue, DiagnosticBag bag)
    {
        var name = map.Required("name");
        var inputs = ImmutableArray<RuleTestInput>.Empty;
        if (map.Texts("events") is { } events) inputs = new EventLineReader(catalogue, fleet, bag).Read(events);
        if (!map.Has("events")) bag.Error(TestCodes.MissingKey, map.Span, "a test needs the key 'events'");
        var expectations = ImmutableArray<Expectation>.Empty;
        if (map.Take("expect") is { } node && NodeReader.List(node, "'expect'", bag) is { } list)
        {
            expectations = new ExpectationReader(bag, inputs.Length).Read(list);
            if (list.Items.IsEmpty) bag.Error(TestCodes.WrongKind, list.Span, "'expect' must not be an empty list", "say what must not happen: { at: 1m, no_alert: NAME }");
        }

        if (!map.Has("expect")) bag.Error(TestCodes.MissingKey, map.Span, "a test needs the key 'expect'");
        map.Finish();
        return name is null ? null : new RuleTest(name.Value, name.Span, inputs, expectations);
    }

    private static ImmutableArray<RuleTestVm> ReadFleet(MapReader file, DiagnosticBag bag)
    {
        if (file.Take("fleet") is not { } node || NodeReader.Map(node, "'fleet'", bag) is not { } map) return [];
        var fleet = ImmutableArray.CreateBuilder<RuleTestVm>();
        foreach (var (id, value) in map.Entries)
        {
            if (value is Scalar { IsNull: true })
            {
                fleet.Add(new RuleTestVm(id.Value, null, null, Labels([])));
            }
            else if (NodeReader.Map(value, $"'{id.Value}'", bag) is { } members)
            {
                var reader = new MapReader(members, "a VM of 'fleet'", bag);
                fleet.Add(new RuleTestVm(id.Value, reader.Text("host")?.Value, reader.Text("status")?.Value, Labels(reader.Pairs("labels"))));
                reader.Finish();
            }
        }

        return fleet.ToImmutable();
    }

    private static ImmutableSortedDictionary<string, string> Labels(ImmutableArray<KeyValuePair<Scalar, Scalar>> pairs) =>
        pairs.ToImmutableSortedDictionary(p => p.Key.Value, p => p.Value.Value, StringComparer.Ordinal);

    private static RuleTestProperties ReadProperties(MapReader file)
    {
        if (file.Map("properties") is not { } map) return default;
        var found = new RuleTestProperties(Flag(map, "crash_after_each_event"), Flag(map, "duplicate_each_event"), Flag(map, "reorder"));
        map.Finish();
        return found;
    }

    private static bool Flag(MapReader map, string key) => map.Word(key, ("true", true), ("false", false)) is { Value: true };

    // The readers of YAML say what they find with the codes of rule files.
    private static Diagnostic InTestFile(Diagnostic diagnostic)
    {
        if (diagnostic.Code[0] != 'Q') return diagnostic;
        var moved = diagnostic with { Code = $"T{diagnostic.Code[1..]}" };
        return moved.Code switch
        {
            TestCodes.SecondDocument => moved with { Message = "a test file holds one YAML document" },
            TestCodes.Anchor => moved with { Hint = "write it out" },
            TestCodes.Tag => moved with { Hint = "quote the text" },
            _ => moved,
        };
    }
}
