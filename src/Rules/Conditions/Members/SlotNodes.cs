using System.Buffers.Text;
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
