using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Cel;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Binding;

/// <summary>A condition over the state around an event, compiled. Its truth may change by itself as time passes.</summary>
internal abstract class StateTest(string text, ImmutableArray<TimeSpan> limits)
{
    /// <summary>As written, without outer blanks.</summary>
    public string Text { get; } = text;

    /// <summary>The ages that it compares with.</summary>
    public ImmutableArray<TimeSpan> Limits { get; } = limits;

    /// <summary>Whether it asks for the monitor itself, which is known while it is lost.</summary>
    public virtual bool ReadsMonitor => false;

    /// <summary>How many members of the state it reads.</summary>
    public abstract int Members { get; }

    /// <summary>What it asks of other rules, each once.</summary>
    public virtual ImmutableArray<ConclusionUse> Conclusions => [];

    /// <summary>Whether it depends on the state of anything, and not on conclusions alone.</summary>
    public virtual bool ReadsState => true;

    /// <summary>The same test, with somebody to ask for what other rules have concluded.</summary>
    public virtual StateTest Over(IRuleFacts facts) => this;

    /// <param name="at">From when ages count.</param>
    /// <returns>False also for errors.</returns>
    public abstract bool Holds(in EventView e, Instant at);

    /// <summary>Event times at which its truth may change if the state stays as it is.</summary>
    /// <param name="times">Two for each limit; <see cref="long.MaxValue"/> where there is none.</param>
    public abstract void Changes(in EventView e, Span<long> times);

    /// <summary>Reads the members it depends on; what cannot be read is null.</summary>
    public abstract void Read(in EventView e, Span<CelValue> members);
}
