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
        if (TryRead(found.Kind, bytes, out var number)) return number;
        state.Error = CelError.NoSuchOverload;
        return 0;
    }

    /// <summary>Whether it is a member of the event at hand, which can be read without a context.</summary>
    public bool IsOfEvent => slot.IsOfEvent;

    /// <returns>False when the member is not there, or holds something else.</returns>
    public bool TryRead(in EventView e, out long number)
    {
        var found = slot.Of(e);
        number = 0;
        return found.Kind == SlotKind.Number && TryRead(found.Kind, e.Bytes(found), out number);
    }

    private static bool TryRead(SlotKind kind, ReadOnlySpan<byte> bytes, out long number)
    {
        number = 0;
        if (kind != SlotKind.Number) return false;
        if (WholeNumber.TryRead(bytes, out number)) return true;
        if (CelConvert.ToInt(CelJson.Number(bytes), out var value) is not null) return false;
        number = value.AsInt;
        return true;
    }
}
