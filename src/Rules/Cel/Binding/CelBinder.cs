using System.Collections.Immutable;

namespace Qualm.Rules.Cel;

/// <summary>Resolves names, checks types and chooses the nodes of one expression.</summary>
internal sealed partial class CelBinder<T>
    where T : allows ref struct
{
    // Named expressions are bound wherever they are used; this keeps doubling chains of them in bounds.
    private const int MaxNodes = 20_000;

    private readonly CelScope<T> _scope;
    private readonly List<CelDiagnostic> _errors = [];
    private readonly List<CelDiagnostic> _doubts = [];
    private readonly List<CelMember<T>> _reads = [];
    private readonly List<(string Name, CelType Type)> _locals = [];
    private readonly Stack<(string Name, CelSpan Span)> _expanding = [];
    private ImmutableHashSet<string> _present = ImmutableHashSet.Create<string>(StringComparer.Ordinal);
    private int _maxLocals;
    private int _nodes;
    private int _depth;

    private CelBinder(CelScope<T> scope) => _scope = scope;

    public static CelBound<T> Bind(string text, CelScope<T> scope)
    {
        var expr = CelParser.Parse(text, out var fault);
        if (expr is null) return new CelBound<T>(null, [fault!], [], [], 0);
        var binder = new CelBinder<T>(scope);
        var root = binder.Bind(expr);
        var failed = binder._errors.Count > 0;
        return new CelBound<T>(
            failed ? null : root,
            [.. binder._errors.OrderBy(e => e.Span.Offset)],
            [.. binder._doubts.OrderBy(e => e.Span.Offset)],
            [.. binder._reads],
            binder._maxLocals);
    }

    private CelNode<T> Bind(CelExpr expr)
    {
        if (++_nodes > MaxNodes || _depth >= CelParser.MaxDepth)
        {
            return Refuse(expr.Span, _depth >= CelParser.MaxDepth ? "the expression is nested too deeply" : "the expression is too large with what it names written out");
        }

        _depth++;
        var node = expr switch
        {
            CelExpr.Literal literal => new ConstantNode<T>(At(literal.Span), literal.Value),
            CelExpr.Name or CelExpr.Select => BindPath(expr),
            CelExpr.Has has => BindHas(has),
            CelExpr.Index index => BindIndex(index),
            CelExpr.Call call => BindCall(call),
            CelExpr.ListOf list => BindList(list),
            CelExpr.MapOf map => BindMap(map),
            CelExpr.Logic logic => BindLogic(logic),
            CelExpr.Not not => new NotNode<T>(At(not.Span), BindCondition(not.Operand, "!")),
            CelExpr.Negate negate => BindNegate(negate),
            CelExpr.Binary binary => BindBinary(binary),
            CelExpr.Conditional conditional => BindConditional(conditional),
            CelExpr.Macro macro => BindMacro(macro),
            _ => throw new ArgumentOutOfRangeException(nameof(expr), expr, null),
        };
        _depth--;
        return node;
    }

    /// <summary>Places inside a named expression are shown where it is used.</summary>
    private CelSpan At(CelSpan span) => _expanding.Count == 0 ? span : OutermostUse();

    private CelSpan OutermostUse() => _expanding.Last().Span;

    private string Within(string message) => _expanding.Count == 0 ? message : $"in '{_expanding.Peek().Name}': {message}";

    // Faults of the text itself: never a matter of evaluation.
    private FailNode<T> Refuse(CelSpan span, string message, string? hint = null, string? code = null)
    {
        var diagnostic = new CelDiagnostic(At(span), Within(message), hint) { Code = code };
        if (!_errors.Contains(diagnostic)) _errors.Add(diagnostic);
        return new FailNode<T>(At(span), new CelError(message));
    }

    // Faults of names and types: found now when checking, else left to the evaluation.
    private FailNode<T> Fault(CelSpan span, string message, string? hint = null, CelError? error = null) =>
        _scope.Checked ? Refuse(span, message, hint) : new FailNode<T>(At(span), error ?? new CelError(message));

    private void Check(bool holds, CelSpan span, string message, string? hint = null)
    {
        if (!holds && _scope.Checked) Refuse(span, message, hint);
    }

    private CelNode<T> BindList(CelExpr.ListOf list)
    {
        var items = list.Items.Select(Bind).ToImmutableArray();
        var element = items.Length == 0 ? CelType.Dyn : items.Select(i => i.Type).Aggregate(CelType.Join);
        return Fold(new ListNode<T>(At(list.Span), CelType.ListOf(element), items), items.AsSpan());
    }

    private CelNode<T> BindMap(CelExpr.MapOf map)
    {
        var keys = map.Keys.Select(Bind).ToImmutableArray();
        var values = map.Values.Select(Bind).ToImmutableArray();
        foreach (var key in keys)
        {
            Check(key.Type.IsDyn || key.Type.Kind is CelKind.Bool or CelKind.Int or CelKind.UInt or CelKind.String, key.Span, $"a key cannot be of type {key.Type}", "keys are bool, int, uint or string");
        }

        var keyType = keys.Length == 0 ? CelType.Dyn : keys.Select(k => k.Type).Aggregate(CelType.Join);
        var valueType = values.Length == 0 ? CelType.Dyn : values.Select(v => v.Type).Aggregate(CelType.Join);
        return Fold(new MapNode<T>(At(map.Span), CelType.MapOf(keyType, valueType), keys, values), [.. keys, .. values]);
    }

    private MacroNode<T> BindMacro(CelExpr.Macro macro)
    {
        var range = Bind(macro.Range);
        var iterable = range.Type.IsDyn || range.Type.Kind is CelKind.List or CelKind.Map;
        Check(iterable, range.Span, $"a value of type {range.Type} has no elements");
        var element = range.Type.IsDyn || !iterable ? CelType.Dyn : range.Type.Kind == CelKind.Map ? range.Type.Key! : range.Type.Element!;
        var depth = _locals.Count;
        _locals.Add((macro.Variable, element));
        _maxLocals = Math.Max(_maxLocals, _locals.Count);
        var filter = macro.Filter is null ? null : BindCondition(macro.Filter, macro.Kind.ToString().ToLowerInvariant());
        var transform = macro.Transform is null ? null : macro.Filter is null ? Bind(macro.Transform) : Guarded(Present(macro.Filter, true), macro.Transform, Bind);
        _locals.RemoveAt(depth);
        var type = macro.Kind switch
        {
            CelMacroKind.Map => CelType.ListOf(transform!.Type),
            CelMacroKind.Filter => CelType.ListOf(element),
            _ => CelType.Bool,
        };
        return new MacroNode<T>(At(macro.Span), type, macro.Kind, range, depth, filter, transform);
    }

    /// <summary>A node of constants is computed now, unless it fails: then evaluation says why.</summary>
    private static CelNode<T> Fold(CelNode<T> node, params ReadOnlySpan<CelNode<T>> operands)
    {
        foreach (var operand in operands)
        {
            if (operand is not ConstantNode<T>) return node;
        }

        var context = default(T)!;
        var state = default(CelState);
        var value = node.Value(ref context, ref state);
        return state.Failed ? node : new ConstantNode<T>(node.Span, node.Type, value);
    }
}
