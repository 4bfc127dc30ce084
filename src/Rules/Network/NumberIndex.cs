using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Network;

/// <summary>What is asked of a member that is a whole number or a bool.</summary>
internal sealed class NumberIndex : MemberIndex
{
    private readonly MemberType _type;
    private readonly Dictionary<long, Asked[]>? _equal;

    public NumberIndex(MemberType type, int slot, IReadOnlyList<(SlotTest Test, Asked Asked)> members)
        : base(slot, members)
    {
        _type = type;
        var equal = members.Where(m => m.Test.Source.Comparison == CelComparison.Equal).GroupBy(m => m.Test.Number, m => m.Asked).ToDictionary(g => g.Key, g => g.ToArray());
        if (equal.Count > 0) _equal = equal;
    }

    protected override bool TryMatch(MemberSlot slot, in EventView e, ref Answers answers)
    {
        if (SlotTest.Read(slot, e, _type, out var number) != SlotAnswer.Yes) return false;
        if (_equal is not null && _equal.TryGetValue(number, out var equal))
        {
            foreach (var asked in equal) Lead(asked, e, ref answers);
        }

        foreach (var (test, asked) in Others)
        {
            if (test.Holds(number.CompareTo(test.Number))) Lead(asked, e, ref answers);
        }

        return true;
    }
}
