using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>Reads <c>lists</c>, <c>macros</c> and <c>intervals</c>. What cannot be read is still declared, so that its uses are no faults of their own.</summary>
internal static class DeclarationReader
{
    public static DeclarationsSyntax Read(MapReader file, DiagnosticBag bag) => new(Lists(file, bag), Macros(file, bag), Intervals(file, bag));

    private static ImmutableArray<ListSyntax> Lists(MapReader file, DiagnosticBag bag)
    {
        var lists = ImmutableArray.CreateBuilder<ListSyntax>();
        foreach (var (name, node) in Entries(file, "lists", bag))
        {
            var items = NodeReader.List(node, $"'{name.Value}'", bag)?.Items ?? [];
            var members = items.Select(i => i is Scalar { Plain: false, Value: "" } empty ? empty : NodeReader.Text(i, $"a member of '{name.Value}'", bag));
            lists.Add(new ListSyntax(name, [.. members.OfType<Scalar>()]));
        }

        return lists.ToImmutable();
    }

    private static ImmutableArray<MacroSyntax> Macros(MapReader file, DiagnosticBag bag)
    {
        var macros = ImmutableArray.CreateBuilder<MacroSyntax>();
        foreach (var (name, node) in Entries(file, "macros", bag))
        {
            macros.Add(new MacroSyntax(name, NodeReader.Text(node, $"'{name.Value}'", bag) ?? new Scalar(node.Span, Declarations.Macro.Placeholder, false, [])));
        }

        return macros.ToImmutable();
    }

    private static ImmutableArray<IntervalSyntax> Intervals(MapReader file, DiagnosticBag bag)
    {
        var intervals = ImmutableArray.CreateBuilder<IntervalSyntax>();
        foreach (var (name, node) in Entries(file, "intervals", bag))
        {
            if (NodeReader.Map(node, $"'{name.Value}'", bag) is not { } map)
            {
                intervals.Add(new IntervalSyntax(name, null, []));
                continue;
            }

            var reader = new MapReader(map, "an interval", bag);
            var zone = reader.Text("zone");
            var times = reader.Take("times") is { } found ? Weekly(found, bag) : [];
            if (!reader.Has("times")) bag.Error(Codes.MissingKey, map.Span, "an interval needs the key 'times'", "e.g. times: [ { days: [mon-fri], from: \"08:00\", to: \"18:00\" } ]");
            reader.Finish();
            intervals.Add(new IntervalSyntax(name, zone, times));
        }

        return intervals.ToImmutable();
    }

    private static ImmutableArray<IntervalSyntax.Times> Weekly(Node node, DiagnosticBag bag)
    {
        if (NodeReader.List(node, "'times'", bag) is not { } list) return [];
        if (list.Items.IsEmpty) bag.Error(Codes.WrongKind, list.Span, "'times' must not be an empty list");
        var times = ImmutableArray.CreateBuilder<IntervalSyntax.Times>();
        foreach (var item in list.Items)
        {
            if (NodeReader.Map(item, "a member of 'times'", bag) is not { } map) continue;
            var reader = new MapReader(map, "a member of 'times'", bag);
            var (days, from, to) = (reader.Texts("days"), reader.Text("from"), reader.Text("to"));
            if (map.Entries.IsEmpty) bag.Error(Codes.MissingKey, map.Span, "a member of 'times' needs one of 'days', 'from' or 'to'", "{ days: [mon-sun] } is all of the week");
            reader.Finish();
            times.Add(new IntervalSyntax.Times(map.Span, days ?? [], from, to));
        }

        return times.ToImmutable();
    }

    private static ImmutableArray<KeyValuePair<Scalar, Node>> Entries(MapReader file, string key, DiagnosticBag bag) =>
        file.Take(key) is { } node && NodeReader.Map(node, $"'{key}'", bag) is { } map ? map.Entries : [];
}
