using System.Collections.Immutable;

namespace Qualm.Rules.Binding;

/// <summary>The operator of a rule, ready to run.</summary>
internal abstract record BoundOperator
{
    private BoundOperator()
    {
    }

    public sealed record Each : BoundOperator
    {
        public override string ToString() => "each";
    }

    /// <summary>Branches of different shapes; each match is one of the rule.</summary>
    public sealed record Any(ImmutableArray<BoundMatch> Branches) : BoundOperator
    {
        public override string ToString() => $"any of {string.Join("; ", Branches)}";
    }

    /// <param name="AtLeast">Weight that a window must hold, from 1.</param>
    public sealed record Count(long AtLeast, TimeSpan Within) : BoundOperator
    {
        public override string ToString() => $"count >= {AtLeast} within {Syntax.Durations.Format(Within)}";
    }

    /// <param name="HasOpener">False when the awaited event opens the next wait itself.</param>
    public sealed record Absent(BoundMatch Awaited, bool HasOpener, TimeSpan Within) : BoundOperator
    {
        public override string ToString() =>
            $"absent {Awaited} within {Syntax.Durations.Format(Within)}{(HasOpener ? "" : " since the last")}";
    }
}
