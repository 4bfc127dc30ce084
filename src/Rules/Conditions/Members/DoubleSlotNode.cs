using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>A slot that holds a number with a fraction.</summary>
internal sealed class DoubleSlotNode(CelSpan span, SlotReader slot) : CelNode<EvalContext>(span, CelType.Double)
{
    public override CelValue Value(ref EvalContext context, ref CelState state)
    {
        var found = slot.Require(ref context, ref state, out var bytes);
        if (state.Failed) return default;
        if (found.Kind == SlotKind.Number && CelConvert.ToDouble(CelJson.Number(bytes), out var value) is null) return value;
        state.Error = CelError.NoSuchOverload;
        return default;
    }
}
