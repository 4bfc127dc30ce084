using System.Buffers.Text;
using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>A slot that holds a whole number without sign.</summary>
internal sealed class UIntSlotNode(CelSpan span, SlotReader slot) : CelNode<EvalContext>(span, CelType.UInt)
{
    public override CelValue Value(ref EvalContext context, ref CelState state) => CelValue.Of(UInt(ref context, ref state));

    public override ulong UInt(ref EvalContext context, ref CelState state)
    {
        var found = slot.Require(ref context, ref state, out var bytes);
        if (state.Failed) return 0;
        if (found.Kind == SlotKind.Number)
        {
            if (Utf8Parser.TryParse(bytes, out ulong number, out var used) && used == bytes.Length) return number;
            if (CelConvert.ToUInt(CelJson.Number(bytes), out var value) is null) return value.AsUInt;
        }

        state.Error = CelError.NoSuchOverload;
        return 0;
    }
}
