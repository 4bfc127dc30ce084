using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>A compiled expression of a rule: a condition, or a value such as a part of the key. Stateless and thread-safe.</summary>
public sealed class Condition
{
    private readonly CelBound<EvalContext> _bound;
    private readonly CelNode<EvalContext> _root;

    private Condition(string text, CelBound<EvalContext> bound, ConditionReads reads)
    {
        Text = text;
        _bound = bound;
        _root = bound.Root!;
        Reads = reads;
        Clauses = ConditionClause.Of(this, text, _root);
    }

    private Condition(Condition other, CelNode<EvalContext> root) =>
        (Text, _bound, _root, Reads, Clauses) = (other.Text, other._bound, root, other.Reads, other.Clauses);

    public string Text { get; }

    /// <summary>The type of its value as far as it is known.</summary>
    public CelType Type => _root.Type;

    public ConditionReads Reads { get; }

    /// <summary>Steps an evaluation takes at most; lists and maps of unknown size are taken to have 100 elements.</summary>
    public long Cost => _root.Cost;

    /// <summary>The operands of the outermost <c>&amp;&amp;</c>, or the condition itself. It holds when all of them do.</summary>
    public ImmutableArray<ConditionClause> Clauses { get; }

    /// <summary>Its value when that does not depend on anything; null when it does.</summary>
    public CelValue? Constant => (_root as ConstantNode<EvalContext>)?.Constant;

    /// <summary>Compiles a text that must be a condition.</summary>
    public static Compilation<Condition> Compile(string text, ConditionScope scope) => Compile(text, scope, mustBeBool: true);

    /// <summary>Compiles a text that may be a value of any type.</summary>
    public static Compilation<Condition> CompileValue(string text, ConditionScope scope) => Compile(text, scope, mustBeBool: false);

    /// <summary>Whether the condition holds. An error is no match.</summary>
    /// <param name="error">Why there is no answer; null when there is one.</param>
    public bool Holds(ref EvalContext context, out CelError? error)
    {
        var state = _bound.Start();
        var holds = _root.Bool(ref context, ref state);
        error = state.Error;
        return holds && error is null;
    }

    /// <summary>The value, meaningless when there is an error.</summary>
    public CelValue Evaluate(ref EvalContext context, out CelError? error)
    {
        var state = _bound.Start();
        var value = _root.Value(ref context, ref state);
        if (!state.Failed) CelWork.CheckSize(value, ref state);
        error = state.Error;
        return value;
    }

    /// <summary>The whole number that an expression of that type comes to for an event.</summary>
    /// <returns>False when there is an error.</returns>
    internal bool TryInt(in EventView e, out long number)
    {
        if (_root is IntSlotNode { IsOfEvent: true } member) return member.TryRead(e, out number);
        var context = new EvalContext(e);
        var state = _bound.Start();
        number = _root.Int(ref context, ref state);
        return !state.Failed;
    }

    /// <summary>The same condition, each of whose clauses tells its answer whenever it is asked for one.</summary>
    internal Condition Watched(Func<ConditionClause, Action<bool>> watch)
    {
        if (_root is not LogicNode<EvalContext> { IsAnd: true } all) return new(this, new WatchedNode<EvalContext>(_root, watch(Clauses[0])));
        return new(this, new LogicNode<EvalContext>(all.Span, true, [.. all.Operands.Zip(Clauses, (operand, clause) => (CelNode<EvalContext>)new WatchedNode<EvalContext>(operand, watch(clause)))]));
    }

    /// <summary>When its truth may change by itself.</summary>
    internal AgePlan Ages() => AgePlan.Of(_root);

    internal CelState Start() => _bound.Start();

    private static Compilation<Condition> Compile(string text, ConditionScope scope, bool mustBeBool)
    {
        var binding = new ScopeBinding(scope);
        var bound = CelBinder<EvalContext>.Bind(text, binding.Scope);
        if (bound.Root is not { } root) return new(null, bound.Errors, bound.Doubts);
        if (mustBeBool && scope.Checked && !root.Type.IsDyn && root.Type.Kind != CelKind.Bool)
        {
            return new(null, [new CelDiagnostic(root.Span, $"a condition is true or false, this is of type {root.Type}")], bound.Doubts);
        }

        return new(new Condition(text, bound, binding.Reads(bound.Reads)), [], bound.Doubts);
    }
}
