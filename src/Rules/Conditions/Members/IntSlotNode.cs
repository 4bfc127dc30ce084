using System.Buffers.Text;
using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>A slot that holds a whole number with sign.</summary>
internal sealed class IntSlotNode(CelSpan span, SlotReader slot) : CelNode<EvalContext>(span, CelType.Int)
{
    public override CelValue Value(ref EvalContext context, ref CelState state) => CelValue.Of(Int(ref context, ref state));

    public override long Int(ref EvalContext context, ref CelState state)
    {
        var found = slot.Require(ref context, ref state, out var bytes);
        if (state.Failed) return 0;
        if (found.Kind == SlotKind.Number)
        {
            if (Utf8Parser.TryParse(bytes, out long number, out var used) && used == bytes.Length) return number;
            if (CelConvert.ToInt(CelJson.Number(bytes), out var value) is null) return value.AsInt;
        }

        state.Error = CelError.NoSuchOverload;
        return 0;
    }
}
