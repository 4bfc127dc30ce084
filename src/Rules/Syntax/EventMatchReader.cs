using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>Reads <c>{ on: …, where: … }</c> wherever it may stand.</summary>
internal static class EventMatchReader
{
    /// <returns>Null when it names no event.</returns>
    public static EventMatchSyntax? Read(Node node, Scalar? name, string what, DiagnosticBag bag)
    {
        if (NodeReader.Map(node, what, bag) is not { } map) return null;
        var reader = new MapReader(map, what, bag);
        var found = Read(reader, name, what, bag);
        reader.Finish();
        return found;
    }

    /// <summary>For mappings with more keys than these; the caller finishes the reader.</summary>
    public static EventMatchSyntax? Read(MapReader reader, Scalar? name, string what, DiagnosticBag bag)
    {
        var on = reader.Texts("on");
        var where = reader.Text("where");
        if (!reader.Has("on")) bag.Error(Codes.MissingKey, reader.Span, $"{what} needs the key 'on'");
        return on is { IsEmpty: false } events ? new EventMatchSyntax(name, events, where, reader.Span) : null;
    }

    /// <summary>Steps of a sequence or all: a list of mappings of one name each.</summary>
    public static ImmutableArray<StepSyntax> Steps(Node node, string what, bool mayForbid, DiagnosticBag bag)
    {
        if (NodeReader.List(node, what, bag) is not { } list) return [];
        var steps = ImmutableArray.CreateBuilder<StepSyntax>();
        foreach (var item in list.Items)
        {
            if (NodeReader.Map(item, $"a step of {what}", bag) is not { } map) continue;
            if (map.Entries.IsEmpty) bag.Error(Codes.MissingKey, map.Span, $"a step of {what} needs a name", "write it as in a: { on: EVENT }");
            foreach (var (name, value) in map.Entries)
            {
                var forbidden = mayForbid && name.Value == "unless";
                if (Read(value, name, $"'{name.Value}'", bag) is { } match) steps.Add(new StepSyntax(match, forbidden));
            }
        }

        return steps.ToImmutable();
    }
}
