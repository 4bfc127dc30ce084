using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>A slot that holds a bool.</summary>
internal sealed class BoolSlotNode(CelSpan span, SlotReader slot) : BoolNode<EvalContext>(span)
{
    public override bool Bool(ref EvalContext context, ref CelState state)
    {
        var found = slot.Require(ref context, ref state, out _);
        if (!state.Failed && found.Kind is not (SlotKind.True or SlotKind.False)) state.Error = CelError.NoSuchOverload;
        return found.Kind == SlotKind.True;
    }
}
