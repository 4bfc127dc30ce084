using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>Reads <c>exceptions</c> and <c>inhibits</c>.</summary>
internal static class FilterReader
{
    public static ImmutableArray<ExceptionSyntax> Exceptions(MapReader rule, DiagnosticBag bag)
    {
        if (rule.Take("exceptions") is not { } node || NodeReader.List(node, "'exceptions'", bag) is not { } list) return [];
        var result = ImmutableArray.CreateBuilder<ExceptionSyntax>();
        foreach (var item in list.Items)
        {
            if (NodeReader.Map(item, "an exception", bag) is not { } map) continue;
            var reader = new MapReader(map, "an exception", bag);
            var reason = reader.Required("reason");
            var parts = reader.Pairs("key");
            if (!reader.Has("key")) bag.Error(Codes.MissingKey, map.Span, "an exception needs the key 'key'", "e.g. { key: { vm: test-1 }, reason: scratch machine }");
            reader.Finish();
            if (reason is not null && !parts.IsEmpty) result.Add(new ExceptionSyntax(map.Span, parts, reason));
        }

        return result.ToImmutable();
    }

    public static ImmutableArray<InhibitSyntax> Inhibits(MapReader rule, DiagnosticBag bag)
    {
        if (rule.Take("inhibits") is not { } node || NodeReader.List(node, "'inhibits'", bag) is not { } list) return [];
        var result = ImmutableArray.CreateBuilder<InhibitSyntax>();
        foreach (var item in list.Items)
        {
            if (NodeReader.Map(item, "a member of 'inhibits'", bag) is not { } map) continue;
            var reader = new MapReader(map, "a member of 'inhibits'", bag);
            var (alert, equal) = (reader.Required("alert"), reader.Texts("equal"));
            if (!reader.Has("equal")) bag.Error(Codes.MissingKey, map.Span, "a member of 'inhibits' needs the key 'equal'");
            reader.Finish();
            if (alert is not null && equal is { } names) result.Add(new InhibitSyntax(alert, names));
        }

        return result.ToImmutable();
    }
}
