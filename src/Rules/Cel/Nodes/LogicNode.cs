using System.Collections.Immutable;

namespace Qualm.Rules.Cel;

/// <summary><c>&amp;&amp;</c> or <c>||</c>: an operand that decides absorbs the errors of the others, in either order.</summary>
internal sealed class LogicNode<T>(CelSpan span, bool isAnd, ImmutableArray<CelNode<T>> operands) : BoolNode<T>(span, operands.AsSpan())
    where T : allows ref struct
{
    private readonly CelNode<T>[] _operands = [.. operands];

    public bool IsAnd => isAnd;

    public ImmutableArray<CelNode<T>> Operands => operands;

    public override bool Bool(ref T context, ref CelState state)
    {
        CelError? error = null;
        foreach (var operand in _operands)
        {
            var holds = operand.Bool(ref context, ref state);
            if (state.Failed)
            {
                if (state.IsSpent) return isAnd;
                error ??= state.Error;
                state.Error = null;
            }
            else if (holds != isAnd)
            {
                return holds;
            }
        }

        state.Error = error;
        return isAnd;
    }
}
