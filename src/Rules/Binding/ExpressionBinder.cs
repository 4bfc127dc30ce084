using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>Compiles the expressions of rules. What is wrong with them goes to the diagnostics; null is returned then.</summary>
internal abstract class ExpressionBinder
{
    public abstract EventTest? Condition(Scalar text, ExpressionScope scope);

    /// <summary>A condition of a step: one that can be judged over its event alone, or one that joins it to others.</summary>
    /// <returns>Both null when something is wrong with it.</returns>
    public abstract (EventTest? Alone, JoinTest? Join) StepCondition(Scalar text, ExpressionScope scope);

    /// <summary>A condition over state.</summary>
    public abstract StateTest? State(Scalar text, ExpressionScope scope);

    public abstract DecisionTest? Step(Scalar text, ExpressionScope scope);

    public abstract DecisionText? Text(Scalar text, ExpressionScope scope);

    /// <param name="mustBeNumber">Whether a value that is surely none is a fault.</param>
    public abstract EventValue? Value(Scalar text, ExpressionScope scope, bool mustBeNumber);

    /// <summary>A value that a derived event carries.</summary>
    public abstract DecisionValue? Decided(Scalar text, ExpressionScope scope);

    /// <summary>Compiles the expressions of one rule, which may ask for what others have concluded.</summary>
    public abstract ExpressionBinder For(ConclusionScope conclusions);

    public abstract KeyValueReader? Key(Scalar text, ExpressionScope scope);
}
