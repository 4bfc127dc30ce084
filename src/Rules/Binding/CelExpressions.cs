using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

internal sealed class CelExpressions(DiagnosticBag bag) : ExpressionBinder
{
    public override EventTest? Condition(Scalar text, ExpressionScope scope) { bag.Error("X", text.Span, "no"); return null; }

    public override DecisionTest? Step(Scalar text, ExpressionScope scope) => null;

    public override DecisionText? Text(Scalar text, ExpressionScope scope) => null;

    public override KeyValueReader? Key(Scalar text, ExpressionScope scope) => null;
}
