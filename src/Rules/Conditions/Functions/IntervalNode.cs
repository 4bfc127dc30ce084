using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary><c>in_interval(name, t)</c>.</summary>
internal sealed class IntervalNode(CelSpan span, IInterval interval, CelNode<EvalContext> time) : BoolNode<EvalContext>(span, time)
{
    public override bool Bool(ref EvalContext context, ref CelState state)
    {
        var at = time.Value(ref context, ref state);
        return Require(at, CelKind.Timestamp, ref state) && interval.Contains(at.ToInstant());
    }
}
