using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Testing;

/// <summary>One thing that a test expects.</summary>
public abstract record Expectation
{
    private Expectation(SourceSpan span) => Span = span;

    /// <summary>Of its first key.</summary>
    public SourceSpan Span { get; }

    /// <summary>Event time it asks about, from the start; null for the end of the test.</summary>
    public abstract TimeSpan? AskedAt { get; }

    /// <summary>An alert fires. What is null is not asked.</summary>
    /// <param name="Because">Ordinals of the inputs that opened the episode.</param>
    /// <param name="Labels">Must be among the alert's.</param>
    public sealed record Alert(
        SourceSpan Place, TimeSpan At, string Name, AlertKey? Key, Severity? Severity, ImmutableArray<long>? Because, string? Summary,
        ImmutableArray<KeyValuePair<string, string>> Labels) : Expectation(Place)
    {
        public override TimeSpan? AskedAt => At;
    }

    /// <summary>It does not fire: for no key, or not for this one.</summary>
    public sealed record NoAlert(SourceSpan Place, TimeSpan At, string Name, AlertKey? Key) : Expectation(Place)
    {
        public override TimeSpan? AskedAt => At;
    }

    /// <summary>It fired and is over.</summary>
    /// <param name="Reason">Null for any.</param>
    public sealed record Resolved(SourceSpan Place, TimeSpan At, string Name, AlertKey? Key, string? Reason) : Expectation(Place)
    {
        public override TimeSpan? AskedAt => At;
    }

    /// <summary>A fact holds, or does not: for any key, or for this one.</summary>
    public sealed record Fact(SourceSpan Place, TimeSpan At, string Name, AlertKey? Key, bool Holds) : Expectation(Place)
    {
        public override TimeSpan? AskedAt => At;
    }

    /// <summary>An event was derived at this very time, or none was up to it: for any key, or for this one.</summary>
    /// <param name="Because">Ordinals of the inputs behind it; null when not asked.</param>
    public sealed record Derived(SourceSpan Place, TimeSpan At, string Name, AlertKey? Key, ImmutableArray<long>? Because, bool Comes) : Expectation(Place)
    {
        public override TimeSpan? AskedAt => At;
    }

    /// <summary>Exactly these transitions are delivered to a receiver, in this order.</summary>
    /// <param name="At">Null for the whole test.</param>
    public sealed record Deliveries(SourceSpan Place, TimeSpan? At, string Receiver, ImmutableArray<TransitionKind> Transitions) : Expectation(Place)
    {
        public override TimeSpan? AskedAt => At;
    }
}
