using System.Collections.Immutable;

namespace Qualm.Rules.Cel;

internal sealed partial class CelBinder<T>
{
    private CelNode<T> BindCondition(CelExpr expr, string where)
    {
        var node = Bind(expr);
        Check(node.Type.IsDyn || node.Type.Kind == CelKind.Bool, node.Span, $"{where} takes conditions, not a value of type {node.Type}",
            node.Type.Kind == CelKind.String ? "compare it: == \"…\"" : node.Type.IsNumber ? "compare it: != 0" : null);
        return node;
    }

    private CelNode<T> BindLogic(CelExpr.Logic logic)
    {
        // An operand decides only if the others do not, whatever their order: errors are absorbed.
        var count = logic.Operands.Length;
        var after = new ImmutableHashSet<string>[count + 1];
        after[count] = Nothing;
        for (var i = count - 1; i >= 0; i--) after[i] = after[i + 1].Union(Present(logic.Operands[i], logic.IsAnd));
        var before = Nothing;
        var operands = ImmutableArray.CreateBuilder<CelNode<T>>(count);
        for (var i = 0; i < count; i++)
        {
            operands.Add(Guarded(before.Union(after[i + 1]), logic.Operands[i], o => BindCondition(o, logic.IsAnd ? "&&" : "||")));
            before = before.Union(Present(logic.Operands[i], logic.IsAnd));
        }

        var bound = operands.MoveToImmutable();
        return Fold(new LogicNode<T>(At(logic.Span), logic.IsAnd, bound), bound.AsSpan());
    }

    private ConditionalNode<T> BindConditional(CelExpr.Conditional conditional)
    {
        var test = BindCondition(conditional.Test, "?");
        var then = Guarded(Present(conditional.Test, true), conditional.Then, Bind);
        var other = Guarded(Present(conditional.Test, false), conditional.Else, Bind);
        Check(then.Type.Fits(other.Type), conditional.Span, $"the branches of ? differ: {then.Type} and {other.Type}");
        return new ConditionalNode<T>(At(conditional.Span), CelType.Join(then.Type, other.Type), test, then, other);
    }

    private CelNode<T> BindNegate(CelExpr.Negate negate)
    {
        var operand = Bind(negate.Operand);
        Check(operand.Type.IsDyn || operand.Type.Kind is CelKind.Int or CelKind.Double, operand.Span, $"- takes an int or a double, not {operand.Type}");
        return Fold(new NegateNode<T>(At(negate.Span), operand.Type, operand), operand);
    }

    private CelNode<T> BindBinary(CelExpr.Binary binary)
    {
        var left = Bind(binary.Left);
        var right = Bind(binary.Right);
        return binary.Operator switch
        {
            "in" => BindIn(binary, left, right),
            "+" or "-" or "*" or "/" or "%" => BindMath(binary, left, right),
            _ => BindComparison(binary, left, right),
        };
    }

    private CelNode<T> BindComparison(CelExpr.Binary binary, CelNode<T> left, CelNode<T> right)
    {
        var comparison = binary.Operator switch
        {
            "==" => CelComparison.Equal,
            "!=" => CelComparison.NotEqual,
            "<" => CelComparison.Less,
            "<=" => CelComparison.LessOrEqual,
            ">" => CelComparison.Greater,
            _ => CelComparison.GreaterOrEqual,
        };
        var isEquality = comparison <= CelComparison.NotEqual;
        if (!left.Type.IsDyn && !right.Type.IsDyn)
        {
            var ok = (left.Type.IsNumber && right.Type.IsNumber) || (left.Type.Fits(right.Type) && (isEquality || HasOrder(left.Type.Kind)));
            var isNull = left.Type.Is(CelKind.Null) || right.Type.Is(CelKind.Null);
            Check(ok, binary.Span, $"cannot compare {left.Type} {binary.Operator} {right.Type}", isNull ? "ask has(…) whether a member is there" : null);
        }

        if (isEquality) CheckKnown(left, right);
        (left, right) = (Align(left, right), Align(right, left));
        return Fold(CompareNode<T>.Create(At(binary.Span), comparison, left, right), left, right);
    }

    // An int written beside a uint member means the same number, and lets the two be compared without conversion.
    private static CelNode<T> Align(CelNode<T> node, CelNode<T> other) =>
        other.Type.Is(CelKind.UInt) && node is ConstantNode<T> { Constant: { Kind: CelKind.Int, AsInt: >= 0 } number } ? new ConstantNode<T>(node.Span, CelValue.Of((ulong)number.AsInt)) : node;

    private void CheckKnown(CelNode<T> left, CelNode<T> right)
    {
        if (left is ConstantNode<T>) (left, right) = (right, left);
        if (right is ConstantNode<T> { Constant: { Kind: CelKind.String } text }) CheckKnown(left, text.AsString, right.Span);
    }

    private void CheckKnown(CelNode<T> node, string text, CelSpan span)
    {
        if (node.Member is not { KnownValues: { Length: > 0 } known } member || known.Contains(text, StringComparer.Ordinal)) return;
        var hint = CelSuggestion.For(text, known) ?? (known.Length <= 12 ? $"it is one of {string.Join(", ", known)}" : null);
        Check(false, span, $"'{member.Path}' is never \"{text}\"", hint);
    }

    private CelNode<T> BindIn(CelExpr.Binary binary, CelNode<T> left, CelNode<T> right)
    {
        if (!right.Type.IsDyn)
        {
            var element = right.Type.Kind switch { CelKind.List => right.Type.Element, CelKind.Map => right.Type.Key, _ => null };
            if (element is null) Check(false, right.Span, $"'in' looks into a list or map, not a value of type {right.Type}");
            else Check(element.Fits(left.Type) || (element.IsNumber && left.Type.IsNumber), binary.Span, $"a value of type {left.Type} cannot be in {right.Type}");
        }

        if (right is ConstantNode<T> { Constant: { Kind: CelKind.List } list })
        {
            foreach (var item in list.AsList.Items)
            {
                if (item.Kind == CelKind.String) CheckKnown(left, item.AsString, right.Span);
            }
        }

        return Fold(InNode<T>.Create(At(binary.Span), left, right), left, right);
    }

    private CelNode<T> BindMath(CelExpr.Binary binary, CelNode<T> left, CelNode<T> right)
    {
        var sign = binary.Operator[0];
        var type = MathType(sign, left.Type, right.Type);
        if (type is null)
        {
            Check(false, binary.Span, $"no operator {binary.Operator} for {left.Type} and {right.Type}",
                left.Type.IsNumber && right.Type.IsNumber && left.Type != right.Type ? $"convert one of them: {left.Type}(…) or {right.Type}(…); a uint is written 5u, a double 5.0" : null);
        }

        return Fold(new MathNode<T>(At(binary.Span), type ?? CelType.Dyn, sign, left, right), left, right);
    }

    private static CelType? MathType(char sign, CelType left, CelType right)
    {
        if (left.IsDyn || right.IsDyn) return CelType.Dyn;
        if (left.IsNumber && left == right) return sign == '%' && left.Kind == CelKind.Double ? null : left;
        return (left.Kind, sign, right.Kind) switch
        {
            (CelKind.String, '+', CelKind.String) or (CelKind.Bytes, '+', CelKind.Bytes) => left,
            (CelKind.List, '+', CelKind.List) => CelType.ListOf(CelType.Join(left.Element!, right.Element!)),
            (CelKind.Duration, '+' or '-', CelKind.Duration) or (CelKind.Timestamp, '-', CelKind.Timestamp) => CelType.Duration,
            (CelKind.Timestamp, '+' or '-', CelKind.Duration) or (CelKind.Duration, '+', CelKind.Timestamp) => CelType.Timestamp,
            _ => null,
        };
    }

    private static bool HasOrder(CelKind kind) =>
        kind is CelKind.Bool or CelKind.Int or CelKind.UInt or CelKind.Double or CelKind.String or CelKind.Bytes or CelKind.Timestamp or CelKind.Duration;
}
