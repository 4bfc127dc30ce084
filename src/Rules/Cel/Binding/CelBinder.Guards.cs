using System.Collections.Immutable;

namespace Qualm.Rules.Cel;

internal sealed partial class CelBinder<T>
{
    private static readonly ImmutableHashSet<string> Nothing = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    private readonly Dictionary<(string Name, bool Truth), ImmutableHashSet<string>> _presentByName = [];

    private TNode Guarded<TExpr, TNode>(ImmutableHashSet<string> present, TExpr expr, Func<TExpr, TNode> bind)
    {
        var before = _present;
        _present = _present.Union(present);
        var node = bind(expr);
        _present = before;
        return node;
    }

    /// <summary>Paths of members that are there whenever the expression has the given truth.</summary>
    private ImmutableHashSet<string> Present(CelExpr expr, bool truth)
    {
        switch (expr)
        {
            case CelExpr.Has has when truth: return Along(has.Path);
            case CelExpr.Not not: return Present(not.Operand, !truth);
            case CelExpr.Logic logic:
                var sets = logic.Operands.Select(o => Present(o, truth));

                // All operands of a true && are true; of a true || only one is, and nobody knows which.
                return logic.IsAnd == truth ? sets.Aggregate(Nothing, (a, b) => a.Union(b)) : sets.Aggregate((a, b) => a.Intersect(b));
            case CelExpr.Name or CelExpr.Select when DottedName(expr) is { } name && Resolve(expr) is null && _scope.Named.TryGetValue(name, out var text):
                return PresentBy(name, text, truth);
            default: return Nothing;
        }
    }

    private ImmutableHashSet<string> PresentBy(string name, string text, bool truth)
    {
        if (_presentByName.TryGetValue((name, truth), out var known)) return known;

        // While it is being worked out it is worth nothing, lest a circle never end.
        _presentByName[(name, truth)] = Nothing;
        return _presentByName[(name, truth)] = CelParser.Parse(text, out _) is { } named ? Present(named, truth) : Nothing;
    }

    private ImmutableHashSet<string> Along(CelExpr path)
    {
        var found = Nothing;
        for (var expr = path; expr is CelExpr.Select or CelExpr.Index; expr = expr is CelExpr.Select select ? select.Operand : ((CelExpr.Index)expr).Operand)
        {
            if (Resolve(expr) is { } member) found = found.Add(member.Path);
        }

        return found;
    }
}
