using Qualm.Rules.Cel;

namespace Qualm.Rules.Declarations;

/// <summary>What one expression names that may be declared somewhere: found in its tree, without knowing what the names mean.</summary>
internal sealed class NameUses
{
    private readonly List<string> _locals = [];

    private NameUses()
    {
    }

    /// <summary>Names that no variable inside the expression hides; roots and their like among them.</summary>
    public SortedSet<string> Names { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Lists { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Intervals { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether it names a list or an interval by something else than a text written out.</summary>
    public bool Computed { get; private set; }

    /// <returns>Nothing for a text that is no expression.</returns>
    public static NameUses Of(string text)
    {
        var uses = new NameUses();
        if (CelParser.Parse(text, out _) is { } expr) uses.Visit(expr);
        return uses;
    }

    private void Visit(CelExpr expr)
    {
        switch (expr)
        {
            case CelExpr.Name name when name.Absolute || !_locals.Contains(name.Text): Names.Add(name.Text); break;
            case CelExpr.Select select: Visit(select.Operand); break;
            case CelExpr.Has has: Visit(has.Path); break;
            case CelExpr.Index index: Visit(index.Operand, index.Key); break;
            case CelExpr.Call call: VisitCall(call); break;
            case CelExpr.ListOf list: Visit([.. list.Items]); break;
            case CelExpr.MapOf map: Visit([.. map.Keys, .. map.Values]); break;
            case CelExpr.Logic logic: Visit([.. logic.Operands]); break;
            case CelExpr.Not not: Visit(not.Operand); break;
            case CelExpr.Negate negate: Visit(negate.Operand); break;
            case CelExpr.Binary binary: Visit(binary.Left, binary.Right); break;
            case CelExpr.Conditional conditional: Visit(conditional.Test, conditional.Then, conditional.Else); break;
            case CelExpr.Macro macro: VisitMacro(macro); break;
        }
    }

    private void Visit(params ReadOnlySpan<CelExpr> all)
    {
        foreach (var expr in all) Visit(expr);
    }

    private void VisitCall(CelExpr.Call call)
    {
        if (call.Target is not null) Visit(call.Target);
        Visit([.. call.Arguments]);
        if (call.Target is not null || call.Function is not ("in_list" or "in_interval") || call.Arguments.IsEmpty) return;
        if (call.Arguments[0] is not CelExpr.Literal { Value: { Kind: CelKind.String } name }) Computed = true;
        else (call.Function == "in_list" ? Lists : Intervals).Add(name.AsString);
    }

    private void VisitMacro(CelExpr.Macro macro)
    {
        Visit(macro.Range);
        _locals.Add(macro.Variable);
        if (macro.Filter is not null) Visit(macro.Filter);
        if (macro.Transform is not null) Visit(macro.Transform);
        _locals.RemoveAt(_locals.Count - 1);
    }
}
