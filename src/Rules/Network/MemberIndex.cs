using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Network;

/// <summary>
/// All that a kind of event is asked of one member, answered by reading the member once: what many rules compare with
/// constants of their own costs one look-up. Immutable.
/// </summary>
internal abstract class MemberIndex
{
    private readonly int _slot;
    private readonly Asked[] _all;

    protected MemberIndex(int slot, IReadOnlyList<(SlotTest Test, Asked Asked)> members)
    {
        _slot = slot;
        _all = [.. members.Select(m => m.Asked)];
        Others = [.. members.Where(m => m.Test.Source.Comparison != CelComparison.Equal)];
    }

    /// <summary>Those that do not ask for one value.</summary>
    protected (SlotTest Test, Asked Asked)[] Others { get; }

    public static MemberIndex Create(MemberType type, int slot, IReadOnlyList<(SlotTest Test, Asked Asked)> members) =>
        type is MemberType.String or MemberType.Enum ? new TextIndex(slot, members) : new NumberIndex(type, slot, members);

    /// <summary>Finds the conditions that the member does not refute.</summary>
    public void Match(in EventView e, ref Answers answers)
    {
        var slot = _slot < e.Slots.Length ? e.Slots[_slot] : default;
        if (!TryMatch(slot, e, ref answers))
        {
            foreach (var asked in _all) answers.Ask(asked);
        }
    }

    /// <returns>False when the member cannot be read: then each condition must be asked by itself.</returns>
    protected abstract bool TryMatch(MemberSlot slot, in EventView e, ref Answers answers);

    /// <summary>One of its clauses holds.</summary>
    protected static void Lead(Asked asked, in EventView e, ref Answers answers)
    {
        if (asked.IsWhole)
        {
            answers.Yes(asked);
            return;
        }

        switch (asked.Rest(e))
        {
            case SlotAnswer.Yes: answers.Yes(asked); break;
            case SlotAnswer.Error: answers.Error(asked); break;
            case SlotAnswer.Ask: answers.Ask(asked); break;
        }
    }
}
