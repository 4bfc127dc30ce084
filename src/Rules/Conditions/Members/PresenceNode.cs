using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary><c>has(event.data.x)</c>.</summary>
internal sealed class PresenceNode(CelSpan span, SlotReader slot) : BoolNode<EvalContext>(span)
{
    public override bool Bool(ref EvalContext context, ref CelState state) => slot.Find(ref context, ref state, out _).Kind != SlotKind.Absent;
}
