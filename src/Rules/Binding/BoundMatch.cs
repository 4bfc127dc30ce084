using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Binding;

/// <summary>Events by kind and condition, names looked up.</summary>
/// <param name="Events">In the order of their ids; empty when <paramref name="Any"/>.</param>
/// <param name="Any">Every event, those unknown to the catalogue included.</param>
/// <param name="Where">Null when every such event matches.</param>
/// <param name="Key">How the key is read from these events; may lack parts of the rule's key where it only ends episodes.</param>
internal sealed record BoundMatch(ImmutableArray<EventSchema> Events, bool Any, EventTest? Where, BoundKey Key)
{
    public bool Takes(EventSchema schema) => Any || Events.Contains(schema);

    public override string ToString() =>
        (Any ? "*" : string.Join(" | ", Events.Select(e => e.Name))) + (Where is null ? "" : $" where {Where.Identity}");
}
