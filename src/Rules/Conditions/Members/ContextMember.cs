using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>A value held by the context itself, read by a function of it.</summary>
internal sealed class ContextMember(string path, CelType type, ContextMember.Reader read) : CelMember<EvalContext>(path, type)
{
    /// <summary>Gives the value, or null and the reason why there is none.</summary>
    public delegate CelError? Reader(ref EvalContext context, out CelValue value);

    public override CelNode<EvalContext> Read(CelSpan span) => new Node(span, Type, read) { Member = this };

    private sealed class Node(CelSpan span, CelType type, Reader read) : CelNode<EvalContext>(span, type)
    {
        public override CelValue Value(ref EvalContext context, ref CelState state)
        {
            state.Error = read(ref context, out var value);
            return value;
        }
    }
}
