using System.Collections.Immutable;
using System.Globalization;
using Qualm.Model;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Testing.Reading;

/// <summary>Reads the members of <c>expect</c>.</summary>
/// <param name="inputs">How many inputs the test has.</param>
internal sealed class ExpectationReader(DiagnosticBag bag, int inputs)
{
    private static readonly ImmutableArray<string> Subjects = ["alert", "no_alert", "resolved", "fact", "no_fact", "event", "no_event", "deliveries"];

    private static readonly (string, Severity)[] Severities = [.. Enum.GetValues<Severity>().Select(s => (TransitionJson.Name(s), s))];

    private static readonly (string, string)[] Reasons =
        [.. ((string[])["event", "quiet", "condition", "gap", "late", "rule_removed", "subject_gone"]).Select(r => (r, r))];

    private static readonly (string, TransitionKind)[] Transitions =
        [.. Enum.GetValues<TransitionKind>().Where(k => k != TransitionKind.Pending).Select(k => (TransitionJson.Name(k), k))];

    public ImmutableArray<Expectation> Read(Node.List list)
    {
        var found = ImmutableArray.CreateBuilder<Expectation>();
        foreach (var item in list.Items)
        {
            if (NodeReader.Map(item, "a member of 'expect'", bag) is { } map) found.AddRange(ReadOne(map));
        }

        return found.ToImmutable();
    }

    private ImmutableArray<Expectation> ReadOne(Node.Map map)
    {
        var reader = new MapReader(map, "a member of 'expect'", bag);
        var given = Subjects.Where(reader.Has).ToArray();
        if (given.Length > 1)
        {
            bag.Error(TestCodes.KeysDisagree, reader.KeyOf(given[1])!.Span, $"a member of 'expect' asks one thing: '{given[0]}' and '{given[1]}' exclude each other");
            return [];
        }

        if (given.Length == 0)
        {
            var typo = map.Entries.Select(e => (e.Key, Hint: Suggestion.For(e.Key.Value, Subjects))).FirstOrDefault(e => e.Hint is not null);
            if (typo.Key is { } key) bag.Error(TestCodes.UnknownKey, key.Span, $"a member of 'expect' has no key '{key.Value}'", typo.Hint);
            else bag.Error(TestCodes.MissingKey, map.Span, $"a member of 'expect' needs one of the keys {string.Join(", ", Subjects.Select(s => $"'{s}'"))}");
            return [];
        }

        var place = reader.KeyOf(given[0])!.Span;
        var at = reader.Duration("at")?.Value;
        if (!reader.Has("at") && given[0] != "deliveries") bag.Error(TestCodes.MissingKey, map.Span, "a member of 'expect' needs the key 'at'", "write it as in at: 1m30s");
        var read = given[0] == "deliveries" ? Deliveries(reader, at) : Alert(reader, given[0], place, at ?? TimeSpan.Zero);
        reader.Finish();
        return read;
    }

    private ImmutableArray<Expectation> Alert(MapReader reader, string subject, SourceSpan place, TimeSpan at)
    {
        var name = reader.Text(subject);
        var key = Key(reader);
        Expectation? read = subject switch
        {
            _ when name is null => null,
            "no_alert" => new Expectation.NoAlert(name.Span, at, name.Value, key),
            "resolved" => new Expectation.Resolved(name.Span, at, name.Value, key, reader.Word("reason", Reasons)?.Value),
            "fact" or "no_fact" => new Expectation.Fact(name.Span, at, name.Value, key, subject == "fact"),
            "event" => new Expectation.Derived(name.Span, at, name.Value, key, Because(reader), true),
            "no_event" => new Expectation.Derived(name.Span, at, name.Value, key, null, false),
            _ => new Expectation.Alert(
                name.Span, at, name.Value, key, reader.Word("severity", Severities)?.Value, Because(reader), reader.Text("summary")?.Value,
                [.. reader.Pairs("labels").Select(l => KeyValuePair.Create(l.Key.Value, l.Value.Value))]),
        };
        return read is null ? [] : [read];
    }

    private static AlertKey? Key(MapReader reader)
    {
        if (reader.Take("key") is not { } node) return null;
        if (node is Node.Map) return new AlertKey(node.Span, [.. reader.Pairs("key").Select(p => KeyValuePair.Create<string?, string>(p.Key.Value, p.Value.Value))]);
        return reader.Texts("key") is { } values ? new AlertKey(node.Span, [.. values.Select(v => KeyValuePair.Create<string?, string>(null, v.Value))]) : null;
    }

    private ImmutableArray<long>? Because(MapReader reader)
    {
        if (reader.Texts("because") is not { } texts) return null;
        var ordinals = ImmutableArray.CreateBuilder<long>();
        foreach (var text in texts)
        {
            if (long.TryParse(text.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) && ordinal >= 1 && ordinal <= inputs) ordinals.Add(ordinal);
            else bag.Error(TestCodes.BadOrdinal, text.Span, $"there is no input {text.Value}", inputs == 0 ? "the test has no inputs" : $"the test has the inputs 1 to {inputs}");
        }

        ordinals.Sort();
        return ordinals.ToImmutable();
    }

    private ImmutableArray<Expectation> Deliveries(MapReader reader, TimeSpan? at)
    {
        if (reader.Take("deliveries") is not { } node || NodeReader.Map(node, "'deliveries'", bag) is not { } map) return [];
        var found = ImmutableArray.CreateBuilder<Expectation>();
        foreach (var (receiver, value) in map.Entries)
        {
            var words = value is Node.List { Items.IsEmpty: true } ? [] : NodeReader.Texts(value, $"'{receiver.Value}'", bag);
            if (words is { } texts) found.Add(new Expectation.Deliveries(receiver.Span, at, receiver.Value, [.. texts.Select(Transition).OfType<TransitionKind>()]));
        }

        return found.ToImmutable();
    }

    private TransitionKind? Transition(Scalar text)
    {
        foreach (var (word, kind) in Transitions)
        {
            if (word == text.Value) return kind;
        }

        var known = Transitions.Select(t => t.Item1).ToArray();
        bag.Error(TestCodes.UnknownWord, text.Span, $"'{text.Value}' is not a transition that is delivered", Suggestion.For(text.Value, known) ?? $"it is one of: {string.Join(", ", known)}");
        return null;
    }
}
