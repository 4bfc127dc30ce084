using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Network;

/// <summary>What is asked of a member that is a text.</summary>
internal sealed class TextIndex : MemberIndex
{
    private const int Few = 4;

    // Chains by hash; with few constants one chain.
    private readonly (byte[] Text, Asked[] Asked)[][] _equal;

    public TextIndex(int slot, IReadOnlyList<(SlotTest Test, Asked Asked)> members)
        : base(slot, members)
    {
        var equal = members.Where(m => m.Test.Source.Comparison == CelComparison.Equal).GroupBy(m => m.Test.Source.Constant.AsString, StringComparer.Ordinal)
            .Select(g => (g.First().Test.Text, g.Select(m => m.Asked).ToArray())).ToArray();
        var size = equal.Length <= Few ? 1 : (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)equal.Length * 2);
        _equal = new (byte[], Asked[])[size][];
        for (var i = 0; i < size; i++) _equal[i] = [.. equal.Where(c => (Hash(c.Text) & (size - 1)) == i)];
    }

    protected override bool TryMatch(MemberSlot slot, in EventView e, ref Answers answers)
    {
        if (slot.Kind != SlotKind.String) return false;
        var bytes = e.Bytes(slot);
        var chain = _equal.Length == 1 ? _equal[0] : _equal[Hash(bytes) & (_equal.Length - 1)];
        foreach (var (text, equal) in chain)
        {
            if (!bytes.SequenceEqual(text)) continue;
            foreach (var asked in equal) Lead(asked, e, ref answers);
        }

        foreach (var (test, asked) in Others)
        {
            if (test.Test(e) == SlotAnswer.Yes) Lead(asked, e, ref answers);
        }

        return true;
    }

    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = (uint)bytes.Length;
        foreach (var b in bytes.Length > 16 ? bytes[^16..] : bytes) hash = (hash ^ b) * 0x01000193;
        return hash ^ (hash >> 15);
    }
}
