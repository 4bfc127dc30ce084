using Qualm.Rules.Binding;

namespace Qualm.Rules.Network;

/// <summary>One pattern of one rule that an event may match.</summary>
/// <param name="Rule">Place of the rule in the agenda.</param>
/// <param name="Role">What the event is to the rule.</param>
/// <param name="Test">Index of its condition among those of the event; -1 when it has none.</param>
/// <param name="Reader">Index of its key among those read from the event.</param>
/// <param name="Table">Index of the rule's key table.</param>
/// <param name="Key">How its key is read.</param>
/// <param name="Adds">Whether it may bring a key into being.</param>
internal sealed record Subscription(int Rule, int Role, int Test, int Reader, int Table, BoundKey Key, bool Adds);
