using Qualm.Rules.Binding;

namespace Qualm.Rules.Network;

/// <summary>What one kind of event is asked: its conditions once each, then the rules that name it, in the order of the agenda.</summary>
internal sealed record EventPlan(EventTest[] Tests, Subscription[] Subscriptions, int Readers)
{
    public static readonly EventPlan Empty = new([], [], 0);
}
