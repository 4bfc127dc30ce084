using System.Buffers.Text;
using Qualm.Model;
using Qualm.Rules.Cel;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Network;

/// <summary>A comparison of one member with a constant, judged over the bytes of its slot. Gives the answers that the compiled condition gives.</summary>
internal sealed class SlotTest
{
    private readonly int _slot;
    private readonly byte[] _text;
    private readonly long _number;

    private SlotTest(MemberTest test, int slot)
    {
        (Source, _slot, _text) = (test, slot, test.Utf8.ToArray());
        _number = test.Type switch
        {
            MemberType.Int => test.Constant.AsInt,
            MemberType.UInt => Ordered(test.Constant.AsUInt),
            MemberType.Bool => test.Constant.AsBool ? 1 : 0,
            _ => 0,
        };
    }

    public MemberTest Source { get; }

    public int Slot => _slot;

    /// <summary>The constant, when it is no text, in the order of <see cref="Ordered"/>.</summary>
    public long Number => _number;

    public byte[] Text => _text;

    /// <returns>Null for what must be left to the compiled condition.</returns>
    public static SlotTest? Of(MemberTest test, EventSchema schema)
    {
        if (schema.Find(test.Path) is not { } member || member.Type != test.Type) return null;
        return test.Type switch
        {
            MemberType.Int or MemberType.UInt or MemberType.String or MemberType.Enum => new SlotTest(test, member.Slot),
            MemberType.Bool when test.Comparison <= CelComparison.NotEqual => new SlotTest(test, member.Slot),
            _ => null,
        };
    }

    public SlotAnswer Test(in EventView e)
    {
        var slot = _slot < e.Slots.Length ? e.Slots[_slot] : default;
        if (Source.Type is MemberType.String or MemberType.Enum)
        {
            if (slot.Kind != SlotKind.String) return slot.Kind == SlotKind.EscapedString ? SlotAnswer.Ask : SlotAnswer.Error;
            var bytes = e.Bytes(slot);
            return Answer(Source.Comparison <= CelComparison.NotEqual ? bytes.SequenceEqual(_text) ? 0 : 1 : bytes.SequenceCompareTo(_text));
        }

        var answer = Read(slot, e, Source.Type, out var number);
        return answer == SlotAnswer.Yes ? Answer(number.CompareTo(_number)) : answer;
    }

    /// <summary>Reads a member that is no text as a number that orders as its values do.</summary>
    /// <returns>Yes when there is one.</returns>
    public static SlotAnswer Read(MemberSlot slot, in EventView e, MemberType type, out long number)
    {
        number = 0;
        if (type == MemberType.Bool)
        {
            number = slot.Kind == SlotKind.True ? 1 : 0;
            return slot.Kind is SlotKind.True or SlotKind.False ? SlotAnswer.Yes : SlotAnswer.Error;
        }

        if (slot.Kind != SlotKind.Number) return SlotAnswer.Error;
        var bytes = e.Bytes(slot);
        if (WholeNumber.TryRead(bytes, out number))
        {
            if (type == MemberType.Int) return SlotAnswer.Yes;
            if (bytes[0] == (byte)'-') return SlotAnswer.Ask;
            number = Ordered((ulong)number);
            return SlotAnswer.Yes;
        }

        if (type != MemberType.UInt || !Utf8Parser.TryParse(bytes, out ulong large, out var used) || used != bytes.Length) return SlotAnswer.Ask;
        number = Ordered(large);
        return SlotAnswer.Yes;
    }

    /// <summary>Numbers without sign in the order of those with.</summary>
    public static long Ordered(ulong number) => (long)(number ^ (1UL << 63));

    /// <summary>Whether a value that compares so with the constant passes.</summary>
    public bool Holds(int order) => Source.Comparison switch
    {
        CelComparison.Equal => order == 0,
        CelComparison.NotEqual => order != 0,
        CelComparison.Less => order < 0,
        CelComparison.LessOrEqual => order <= 0,
        CelComparison.Greater => order > 0,
        _ => order >= 0,
    };

    private SlotAnswer Answer(int order) => Holds(order) ? SlotAnswer.Yes : SlotAnswer.No;
}
