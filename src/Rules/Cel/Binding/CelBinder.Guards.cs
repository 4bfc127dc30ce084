using System.Collections.Immutable;

namespace Qualm.Rules.Cel;

internal sealed partial class CelBinder<T>
{
    private static readonly ImmutableHashSet<string> Nothing = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    private TNode Guarded<TExpr, TNode>(ImmutableHashSet<string> present, TExpr expr, Func<TExpr, TNode> bind)
    {
        var before = _present;
        _present = _present.Union(present);
        var node = bind(expr);
        _present = before;
        return node;
    }

    /// <summary>Paths of members that are there whenever the expression has the given truth.</summary>
    private ImmutableHashSet<string> Present(CelExpr expr, bool truth, int depth = 0)
    {
        if (depth > CelParser.MaxDepth) return Nothing;
        switch (expr)
        {
            case CelExpr.Has has when truth: return Along(has.Path);
            case CelExpr.Not not: return Present(not.Operand, !truth, depth + 1);
            case CelExpr.Logic logic:
                var sets = logic.Operands.Select(o => Present(o, truth, depth + 1));

                // All operands of a true && are true; of a true || only one is, and nobody knows which.
                return logic.IsAnd == truth ? sets.Aggregate(Nothing, (a, b) => a.Union(b)) : sets.Aggregate((a, b) => a.Intersect(b));
            case CelExpr.Name or CelExpr.Select when DottedName(expr) is { } name && Resolve(expr) is null && _scope.Named.TryGetValue(name, out var text):
                return CelParser.Parse(text, out _) is { } named ? Present(named, truth, depth + 10) : Nothing;
            default: return Nothing;
        }
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
