using System.Collections.Immutable;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>How an episode ends.</summary>
/// <param name="Fall">When the condition of the window falls.</param>
/// <param name="Alternatives">Any one of them; those with an event first get the roles of the rule's resolvers in this order.</param>
internal sealed record BoundResolve(bool Fall, ImmutableArray<BoundResolve.Alternative> Alternatives)
{
    /// <summary>Whether the rule does not say, so that it is what its operator has.</summary>
    public bool IsDefault { get; init; }

    /// <summary>All its members together.</summary>
    public sealed record Alternative(BoundMatch? On, TimeSpan? Quiet, bool SubjectGone)
    {
        /// <summary>What must hold after the event; null when nothing must.</summary>
        public StateTest? When { get; init; }

        /// <summary>Whether <see cref="When"/> is judged for itself, after every event of the key and as time passes, not only at certain events.</summary>
        public bool WatchesState { get; init; }

        /// <summary>How long the ending must stand; zero when it need not.</summary>
        public TimeSpan For { get; init; }

        /// <summary>Whether an event ends it there and then.</summary>
        public bool IsEvent => On is not null && Quiet is null && !WatchesState && !SubjectGone;

        public override string ToString() => string.Join(" and ", new[]
        {
            WatchesState ? null : On?.ToString(), When is null ? null : $"when {When.Text}", Quiet is { } length ? $"quiet {Durations.Format(length)}" : null, SubjectGone ? "subject gone" : null,
        }.OfType<string>()) + (For > TimeSpan.Zero ? $" for {Durations.Format(For)}" : "");
    }

    public override string ToString()
    {
        var texts = Alternatives.Select(a => a.ToString()).ToList();
        if (Fall) texts.Insert(0, "condition falls");
        return texts.Count == 0 ? IsDefault ? "at once" : "never" : string.Join(" or ", texts);
    }
}
