using System.Collections.Immutable;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>Reads a value out of the JSON of an event's data.</summary>
internal sealed class JsonNode(CelSpan span, CelType type, int step, ImmutableArray<string> names) : CelNode<EvalContext>(span, type)
{
    private readonly JsonPath _path = new(step, names);

    public override CelValue Value(ref EvalContext context, ref CelState state)
    {
        _path.TryFind(ref context, ref state, out var value);
        return value;
    }
}
