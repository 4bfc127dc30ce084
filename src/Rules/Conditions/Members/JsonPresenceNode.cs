using System.Collections.Immutable;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>Whether a path leads anywhere in the JSON of an event's data.</summary>
internal sealed class JsonPresenceNode(CelSpan span, int step, ImmutableArray<string> names) : BoolNode<EvalContext>(span)
{
    private readonly JsonPath _path = new(step, names);

    public override bool Bool(ref EvalContext context, ref CelState state)
    {
        var found = _path.TryFind(ref context, ref state, out _);

        // That the last name is missing is the answer; that one before it is missing is an error.
        if (!found && ReferenceEquals(state.Error, _path.LastMissing)) state.Error = null;
        return found;
    }
}
