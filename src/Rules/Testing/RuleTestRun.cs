using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Testing;

/// <summary>What became of a test's inputs.</summary>
/// <param name="Decisions">In the order in which they were made; their causes are ordinals of inputs.</param>
/// <param name="Deliveries">In the order in which they were asked for.</param>
public sealed record RuleTestRun(ImmutableArray<AlertTransition> Decisions, ImmutableArray<RuleTestRun.Delivery> Deliveries)
{
    /// <summary>One message for one receiver.</summary>
    public sealed record Delivery(string Receiver, AlertTransition Transition)
    {
        /// <summary>Event time at which it was asked for: that of the transition, unless that was withheld until later.</summary>
        public Instant At { get; init; } = Transition.At;
    }
}
