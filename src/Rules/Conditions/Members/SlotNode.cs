using System.Text;
using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>A slot whose type is not known before, or that holds an object.</summary>
internal sealed class SlotNode(CelSpan span, CelType type, SlotReader slot) : CelNode<EvalContext>(span, type)
{
    public override CelValue Value(ref EvalContext context, ref CelState state)
    {
        var found = slot.Require(ref context, ref state, out var bytes);
        if (state.Failed) return default;
        switch (found.Kind)
        {
            case SlotKind.True: return CelValue.True;
            case SlotKind.False: return CelValue.False;
            case SlotKind.Number: return CelJson.Number(bytes);
            case SlotKind.String: return CelValue.Of(Encoding.UTF8.GetString(bytes));
            case SlotKind.EscapedString: return CelValue.Of(JsonEscapes.Decode(bytes));
            case SlotKind.Null: return CelValue.Null;
            default:
                if (state.Spend(bytes.Length) && CelJson.TryRead(bytes, out var value)) return value;
                state.Error ??= CelError.NoSuchOverload;
                return default;
        }
    }
}
