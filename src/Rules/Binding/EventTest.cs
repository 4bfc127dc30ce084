using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Binding;

/// <summary>A condition over one event and the state of its subject, compiled.</summary>
/// <param name="identity">Tests with equal identities give equal answers for every event both were compiled for.</param>
internal abstract class EventTest(string identity)
{
    public string Identity { get; } = identity;

    /// <summary>Clauses that may be judged in its place, all of which must hold; empty when only the whole may be asked.</summary>
    public virtual ImmutableArray<ConditionClause> Clauses => [];

    /// <summary>The expression it was compiled from; null when it was not made of one.</summary>
    public virtual Condition? Condition => null;

    public abstract TestResult Test(in EventView e);

    /// <param name="context">Of the same event; one serves all tests of it.</param>
    public virtual TestResult Test(in EventView e, ref EvalContext context) => Test(e);

    /// <summary>What it asks of other rules; such a test is judged key by key, through <see cref="Test(in EventView, IRuleFacts)"/>.</summary>
    public virtual ImmutableArray<ConclusionUse> Conclusions => [];

    /// <summary>Whether there is a rule that may answer what it asks.</summary>
    public bool IsForKeys => Conclusions.Any(c => c.Support >= 0);

    /// <param name="facts">Answers for the key that is judged.</param>
    public virtual TestResult Test(in EventView e, IRuleFacts facts) => Test(e);
}
