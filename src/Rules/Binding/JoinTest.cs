using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Binding;

/// <summary>A condition over one event and those of other steps, compiled.</summary>
/// <param name="identity">The text it was compiled from.</param>
/// <param name="steps">Indices of the other steps that it reads, among those that must happen.</param>
internal abstract class JoinTest(string identity, ImmutableArray<int> steps)
{
    public string Identity { get; } = identity;

    public ImmutableArray<int> Steps { get; } = steps;

    /// <summary>The same test, with somebody to ask for what other rules have concluded.</summary>
    public virtual JoinTest Over(IRuleFacts facts) => this;

    /// <returns>False also for errors.</returns>
    public abstract bool Holds(in EventView e, ReadOnlySpan<CapturedEvent?> steps);
}
