using System.Collections.Immutable;
using System.Globalization;
using Qualm.Rules.Syntax;

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

    /// <summary>Something computed over a window, compared with a constant.</summary>
    /// <param name="Of">What is added up or compared; null for those that count.</param>
    /// <param name="Different">What must differ, for <see cref="WindowFunction.Distinct"/>.</param>
    /// <param name="Text">The expression as written; empty when there is none.</param>
    /// <param name="Within">Zero for a session that may last as long as it likes.</param>
    public sealed record Window(WindowFunction Function, EventValue? Of, BoundKey? Different, string Text, Comparison Is, TimeSpan Within) : BoundOperator
    {
        public WindowKind Kind { get; init; }

        /// <summary>How far apart events of a session may be; zero for other windows.</summary>
        public TimeSpan Gap { get; init; }

        /// <summary>How far back events can matter. Of a session without end no more is known at its start than its last gap.</summary>
        public TimeSpan LookBack => Kind == WindowKind.Tumbling ? Within + Within : Within + Gap;

        /// <summary>How much of it there must be at least; for those that are decided on arrival.</summary>
        public long AtLeast => Function switch
        {
            WindowFunction.Min or WindowFunction.Max => 1,
            _ => (long)(Is.Op == Comparison.Operator.Greater ? Math.Floor(Is.Value) + 1 : Math.Ceiling(Is.Value)),
        };

        /// <summary>Whether no later event can undo it.</summary>
        public bool OnArrival => Function switch
        {
            WindowFunction.Count or WindowFunction.Distinct or WindowFunction.Max => Is.IsUpward,
            WindowFunction.Min => Is.IsDownward,
            _ => false,
        };

        public override string ToString() =>
            $"{Function.ToString().ToLowerInvariant()} {(Text.Length > 0 ? $"of {Text} " : "")}{Is} {Stretch}{(OnArrival ? "" : ", settled")}";

        private string Stretch => Kind switch
        {
            WindowKind.Tumbling => $"in each {Durations.Format(Within)}",
            WindowKind.Session => $"in sessions with gaps of at most {Durations.Format(Gap)}{(Within > TimeSpan.Zero ? $" and no longer than {Durations.Format(Within)}" : "")}",
            _ => $"within {Durations.Format(Within)}",
        };
    }

    /// <param name="Different">What of the events must differ to count; null counts events.</param>
    /// <param name="Denominator">A value of the state, read after every event of <paramref name="Around"/>.</param>
    /// <param name="Min">Below this denominator there is no ratio.</param>
    public sealed record Ratio(
        BoundMatch Numerator, BoundKey? Different, EventValue Denominator, BoundMatch Around, string Text, Comparison Is, double Min, TimeSpan Within) : BoundOperator
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"ratio {Is} of {(Different is null ? "count" : $"distinct {Different.Parts[0].Text}")} of {Numerator} to {Text} >= {Min} within {Durations.Format(Within)}, settled");
    }

    /// <param name="History">How many of the last values are looked at.</param>
    public sealed record Flap(BoundKey Value, long History, double High, double Low, TimeSpan Within) : BoundOperator
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"flap of {Value.Parts[0].Text} among {History} >= {High}, until < {Low} within {Durations.Format(Within)}, settled");
    }

    /// <param name="Ordered">Whether they must come in this order.</param>
    /// <param name="All">Steps in the order of the file, those that must not happen between those around them.</param>
    public sealed record Steps(bool Ordered, ImmutableArray<BoundStep> All, TimeSpan Within, SkipPolicy Skip) : BoundOperator
    {
        public override string ToString() =>
            $"{(Ordered ? "sequence" : "all")} of {string.Join("; ", All)} within {Durations.Format(Within)}, skip {Skip}{(All.Any(s => s.Unless) ? ", settled" : "")}";
    }

    /// <param name="Around">Events after which the state may have changed.</param>
    public sealed record When(StateTest Test, BoundMatch Around) : BoundOperator
    {
        /// <summary>Whether events must be looked at: they may change the state, or make a key known. Else the conclusions it asks for tell all.</summary>
        public bool NeedsEvents => Test.ReadsState || Test.Conclusions.IsEmpty || Test.Conclusions.Any(c => c.Parts.Length < Around.Key.Parts.Length);

        public override string ToString() => $"when {Test.Text}, settled";
    }

    /// <param name="HasOpener">False when the awaited event opens the next wait itself.</param>
    public sealed record Absent(BoundMatch Awaited, bool HasOpener, TimeSpan Within) : BoundOperator
    {
        public override string ToString() =>
            $"absent {Awaited} within {Durations.Format(Within)}{(HasOpener ? "" : " since the last")}";
    }
}
