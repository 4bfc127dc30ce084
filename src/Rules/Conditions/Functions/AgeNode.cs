using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary><c>age(t)</c>: event time minus t.</summary>
internal sealed class AgeNode(CelSpan span, CelNode<EvalContext> time) : CelNode<EvalContext>(span, CelType.Duration, time)
{
    public CelNode<EvalContext> Time => time;

    public override CelValue Value(ref EvalContext context, ref CelState state)
    {
        var since = time.Value(ref context, ref state);
        if (!Require(since, CelKind.Timestamp, ref state)) return default;
        state.Error = CelTime.Between(CelValue.Of(context.At), since, out var age);
        return age;
    }
}
