using System.Collections.Immutable;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>One operand of a condition's outermost <c>&amp;&amp;</c>: what coverage counts and <c>why-not</c> names.</summary>
public sealed class ConditionClause
{
    private readonly Condition _owner;
    private readonly CelNode<EvalContext> _root;

    private ConditionClause(Condition owner, string text, CelNode<EvalContext> root)
    {
        _owner = owner;
        _root = root;
        Span = root.Span;
        Text = root.Span.End <= text.Length ? text.Substring(root.Span.Offset, root.Span.Length) : text;
        MemberTest = MemberTest.Recognise(root);
        NamedTest = NamedTest.Recognise(root);
        AgeTest = AgeTest.Recognise(root);
    }

    /// <summary>Where it stands in the condition's text.</summary>
    public CelSpan Span { get; }

    public string Text { get; }

    /// <summary>Set when the clause only compares one member of the event at hand with a constant.</summary>
    public MemberTest? MemberTest { get; }

    /// <summary>Set when the clause only compares something that has a name with a constant.</summary>
    internal NamedTest? NamedTest { get; }

    /// <summary>Set when the clause only compares the age of one time with a constant.</summary>
    public AgeTest? AgeTest { get; }

    public bool Holds(ref EvalContext context, out CelError? error)
    {
        var state = _owner.Start();
        var holds = _root.Bool(ref context, ref state);
        error = state.Error;
        return holds && error is null;
    }

    internal static ImmutableArray<ConditionClause> Of(Condition owner, string text, CelNode<EvalContext> root) =>
        root is LogicNode<EvalContext> { IsAnd: true } all ? [.. all.Operands.Select(o => new ConditionClause(owner, text, o))] : [new ConditionClause(owner, text, root)];
}
