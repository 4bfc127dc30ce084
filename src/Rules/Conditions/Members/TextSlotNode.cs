using System.Text;
using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>A slot that holds a string.</summary>
internal sealed class TextSlotNode(CelSpan span, SlotReader slot) : CelNode<EvalContext>(span, CelType.String)
{
    public override bool IsUtf8 => true;

    public override CelValue Value(ref EvalContext context, ref CelState state) => CelValue.Of(Text(ref context, ref state));

    public override string Text(ref EvalContext context, ref CelState state) => Encoding.UTF8.GetString(Utf8(ref context, ref state));

    public override ReadOnlySpan<byte> Utf8(ref EvalContext context, ref CelState state)
    {
        var found = slot.Require(ref context, ref state, out var bytes);
        if (state.Failed || found.Kind == SlotKind.String) return bytes;

        // Escapes are rare: QEMU writes them for control characters and what is not ASCII.
        if (found.Kind == SlotKind.EscapedString) return Encoding.UTF8.GetBytes(JsonEscapes.Decode(bytes));
        state.Error = CelError.NoSuchOverload;
        return default;
    }
}
