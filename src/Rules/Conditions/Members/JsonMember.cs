using System.Collections.Immutable;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>A path into the data of an event the catalogue does not know; found by reading the JSON each time.</summary>
internal sealed class JsonMember(string path, int step, ImmutableArray<string> names) : CelMember<EvalContext>(path, CelType.Dyn), IWholeData
{
    public int Step => step;

    public override CelMember<EvalContext> Find(string name) => new JsonMember($"{Path}.{name}", step, names.Add(name));

    public override CelNode<EvalContext> Read(CelSpan span) => new JsonNode(span, CelType.Dyn, step, names) { Member = this };

    public override CelNode<EvalContext> Test(CelSpan span) => new JsonPresenceNode(span, step, names) { Member = this };
}
