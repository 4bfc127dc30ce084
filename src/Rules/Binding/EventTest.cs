using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Binding;

/// <summary>A condition over one event and the state of its subject, compiled.</summary>
/// <param name="identity">Tests with equal identities give equal answers for every event both were compiled for.</param>
internal abstract class EventTest(string identity)
{
    public string Identity { get; } = identity;

    /// <summary>The expression it was compiled from; null when it was not made of one.</summary>
    public virtual Conditions.Condition? Condition => null;

    public abstract TestResult Test(in EventView e);

    /// <summary>What it asks of other rules; such a test is judged key by key, through <see cref="Test(in EventView, IRuleFacts)"/>.</summary>
    public virtual ImmutableArray<ConclusionUse> Conclusions => [];

    /// <param name="facts">Answers for the key that is judged.</param>
    public virtual TestResult Test(in EventView e, IRuleFacts facts) => Test(e);
}
