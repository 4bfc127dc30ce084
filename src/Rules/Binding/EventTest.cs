using Qualm.Model;

namespace Qualm.Rules.Binding;

/// <summary>A condition over one event and the state of its subject, compiled.</summary>
/// <param name="identity">Tests with equal identities give equal answers for every event both were compiled for.</param>
internal abstract class EventTest(string identity)
{
    public string Identity { get; } = identity;

    /// <summary>The expression it was compiled from; null when it was not made of one.</summary>
    public virtual Conditions.Condition? Condition => null;

    public abstract TestResult Test(in EventView e);
}
