using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>Reads <c>resolve</c>: a word, an alternative, or a list of alternatives.</summary>
internal static class ResolveReader
{
    public static ResolveSyntax? Read(MapReader rule, DiagnosticBag bag)
    {
        if (rule.Take("resolve") is not { } node) return null;
        if (node is Scalar { Value: "never" }) return new ResolveSyntax(node.Span, true, []);
        var alternatives = ImmutableArray.CreateBuilder<ResolveSyntax.Alternative>();
        foreach (var item in node is Node.List list ? list.Items : [node])
        {
            if (ReadOne(item, bag) is { } alternative) alternatives.Add(alternative);
        }

        if (node is Node.List { Items.IsEmpty: true }) bag.Error(Codes.WrongKind, node.Span, "'resolve' must not be an empty list", "write 'never' if it must not resolve");
        return alternatives.Count == 0 ? null : new ResolveSyntax(node.Span, false, alternatives.ToImmutable());
    }

    private static ResolveSyntax.Alternative? ReadOne(Node node, DiagnosticBag bag)
    {
        if (node is Scalar word) return Word(word, bag);
        if (NodeReader.Map(node, "'resolve'", bag) is not { } map) return null;
        var reader = new MapReader(map, "'resolve'", bag);
        var on = reader.Has("on") || reader.Has("where") ? EventMatchReader.Read(reader, null, "'resolve'", bag) : null;
        if (on is null) _ = (reader.Take("on"), reader.Take("where"));
        var gone = reader.Word("subject_gone", ("true", true), ("yes", true), ("false", false), ("no", false));
        var (when, quiet, length) = (reader.Text("when"), reader.Duration("quiet"), reader.Duration("for"));
        reader.Finish();
        var members = on is not null || when is not null || quiet is not null || gone is { Value: true };
        var faulty = reader.Has("on") || reader.Has("quiet") || reader.Has("when");
        if (!members && !faulty) bag.Error(Codes.MissingKey, map.Span, "'resolve' needs one of 'on', 'when', 'quiet' or 'subject_gone'");
        return members ? new ResolveSyntax.Alternative(map.Span, on, when, quiet, gone is { Value: true }, length) : null;
    }

    private static ResolveSyntax.Alternative? Word(Scalar word, DiagnosticBag bag)
    {
        if (word.Value == "subject_gone") return new ResolveSyntax.Alternative(word.Span, null, null, null, true, null);
        var hint = word.Value == "never" ? "write 'resolve: never', without a list" : Suggestion.For(word.Value, ["never", "subject_gone"]);
        bag.Error(Codes.UnknownWord, word.Span, $"'resolve' cannot be '{word.Value}'", hint ?? "write { on: EVENT }, { quiet: 30m }, subject_gone or never");
        return null;
    }
}
