using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Syntax;

/// <summary>Reads <c>actions</c>: receivers for everything, or per transition.</summary>
internal static class ActionsReader
{
    private static readonly ImmutableArray<(string Key, TransitionKind Kind)> Transitions =
    [
        ("firing", TransitionKind.Firing), ("resolved", TransitionKind.Resolved), ("severity", TransitionKind.Severity),
        ("acknowledged", TransitionKind.Acknowledged), ("pending", TransitionKind.Pending), ("unknown", TransitionKind.Unknown),
    ];

    public static ImmutableArray<ActionsSyntax> Read(MapReader rule, DiagnosticBag bag)
    {
        if (rule.Take("actions") is not { } node) return [];
        if (node is not Node.Map map) return NodeReader.Texts(node, "'actions'", bag) is { } all ? [new ActionsSyntax(null, all)] : [];
        var reader = new MapReader(map, "'actions'", bag);
        var result = ImmutableArray.CreateBuilder<ActionsSyntax>();
        foreach (var (key, kind) in Transitions)
        {
            if (reader.Texts(key) is { } receivers) result.Add(new ActionsSyntax(kind, receivers));
        }

        if (reader.Map("unacknowledged") is { } escalation && Escalation(escalation, bag) is { } escalated) result.Add(escalated);
        reader.Finish();
        return result.ToImmutable();
    }

    private static ActionsSyntax? Escalation(MapReader map, DiagnosticBag bag)
    {
        var (after, to) = (map.Duration("after"), map.Texts("to"));
        foreach (var key in (string[])["after", "to"])
        {
            if (!map.Has(key)) bag.Error(Codes.MissingKey, map.Span, $"'unacknowledged' needs the key '{key}'", "write unacknowledged: { after: 15m, to: [receiver] }");
        }

        map.Finish();
        return after is { } length && to is { } receivers ? new ActionsSyntax(TransitionKind.Firing, receivers) { After = length } : null;
    }
}
