using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Network;

/// <summary>One condition that events of a kind are asked, and who wants to know.</summary>
/// <param name="number">Place among the conditions of the kind.</param>
/// <param name="test">The whole condition.</param>
/// <param name="rest">What is left to be asked when one of its clauses is known to hold; null when only the condition itself can tell.</param>
internal sealed class Asked(int number, EventTest test, SlotTest[]? rest)
{
    public int Number => number;

    public EventTest Test { get; } = test;

    /// <summary>Whether the clause that led here is all of it.</summary>
    public bool IsWhole { get; } = rest is [];

    /// <summary>Places of the subscriptions in the plan.</summary>
    public int[] Subscriptions { get; set; } = [];

    /// <summary>What the condition says once the clause that led here holds.</summary>
    public SlotAnswer Rest(in EventView e)
    {
        if (rest is null) return SlotAnswer.Ask;
        var answer = SlotAnswer.Yes;
        foreach (var clause in rest)
        {
            switch (clause.Test(e))
            {
                case SlotAnswer.No: return SlotAnswer.No;
                case SlotAnswer.Ask: return SlotAnswer.Ask;
                case SlotAnswer.Error: answer = SlotAnswer.Error; break;
            }
        }

        return answer;
    }
}
