using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Network;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Run;

/// <summary>In which ways a rule concludes something from silence, and what would break it. Worked out once.</summary>
internal sealed class GapConcern
{
    private readonly ImmutableArray<RunStateTrace.Awaited> _awaited;
    private readonly ImmutableArray<RunStateTrace.Awaited> _enders;
    private readonly ImmutableArray<string> _openers;

    public GapConcern(BoundRule rule)
    {
        Policy = rule.OnGap;
        SubjectIsVm = rule.SubjectIsVm;
        var matches = DispatchNetwork.Patterns(rule).Where(p => p.Role == RuleRunner.MatchRole || (rule.Operator is BoundOperator.Steps && p.Role < RuleRunner.ResolveRole)).Select(p => p.Match).ToArray();
        _openers = [.. matches.SelectMany(m => m.Events).Select(e => e.Name).Distinct(StringComparer.Ordinal)];
        _awaited = rule.Operator is BoundOperator.Absent absent ? Losable([absent.Awaited]) : [];
        BoundMatch[] enders = [.. rule.Resolve.Alternatives.Where(a => a is { IsEvent: true, When: null } && a.For == TimeSpan.Zero).Select(a => a.On!)];
        _enders = Losable(enders);
        var state = rule.Operator is BoundOperator.When { Test.ReadsMonitor: false };
        var minds = Policy != GapPolicy.Fire;
        Wait = minds && (_awaited.Length > 0 || state);
        Quiet = minds && rule.Resolve.Alternatives.Any(a => a is { SubjectGone: false, When: null or { ReadsMonitor: false } } && (a.Quiet is not null || a.For > TimeSpan.Zero || a.WatchesState))
            && (Losable(matches).Length > 0 || rule.Operator is BoundOperator.Absent or BoundOperator.When);
        Ends = minds && _enders.Length > 0;

        // What many events keep up falls for want of them; what few keep up rises for want of them.
        var (upward, downward) = rule.Operator switch
        {
            // The end of a tumbling window is the calendar's doing, whatever comes.
            BoundOperator.Window { Kind: WindowKind.Tumbling, OnArrival: true } => (false, false),
            BoundOperator.Window { Function: WindowFunction.Avg } or BoundOperator.Window { Function: WindowFunction.Min or WindowFunction.Max, OnArrival: false } => (true, true),
            BoundOperator.Window window => (window.Is.IsUpward || window.OnArrival, !window.Is.IsUpward && !window.OnArrival),
            BoundOperator.Ratio ratio => (ratio.Is.IsUpward, !ratio.Is.IsUpward),
            BoundOperator.Flap => (true, false),
            _ => (false, false),
        };
        var losable = minds && Losable(matches).Length > 0;
        FallsBySilence = losable && upward && rule.Resolve.Fall;
        RisesBySilence = losable && downward;
        For = minds && rule.For > TimeSpan.Zero && (_enders.Length > 0 || _awaited.Length > 0 || (rule.Resolve.Fall && (state || RisesBySilence))
            || rule.Resolve.Alternatives.Any(a => a.When is { ReadsMonitor: false }));
        Silence = rule.Operator switch
        {
            BoundOperator.Window { Kind: WindowKind.Session } session => session.Gap,
            BoundOperator.Window window => window.Within,
            BoundOperator.Ratio ratio => ratio.Within,
            BoundOperator.Flap flap => flap.Within,
            _ => TimeSpan.Zero,
        };
        HoldsFall = FallsBySilence && rule.Operator is BoundOperator.Window { OnArrival: true };
        TakesOnWhileUncertain = HoldsFall && rule.Operator is BoundOperator.Window { Kind: WindowKind.Sliding };
        Any = Wait || Quiet || Ends || For || FallsBySilence || RisesBySilence;
    }

    public GapPolicy Policy { get; }

    public bool SubjectIsVm { get; }

    /// <summary>Whether a gap changes anything at all.</summary>
    public bool Any { get; }

    /// <summary>Whether the operator waits for what does not come, or for a state to last.</summary>
    public bool Wait { get; }

    /// <summary>Whether an episode ends for want of events.</summary>
    public bool Quiet { get; }

    /// <summary>Whether an event that may be lost ends an episode.</summary>
    public bool Ends { get; }

    /// <summary>Whether an episode is pending for want of what would end it.</summary>
    public bool For { get; }

    public bool FallsBySilence { get; }

    public bool RisesBySilence { get; }

    /// <summary>Whether a fall has a deadline, which is held; else each moment of the window is judged for itself.</summary>
    public bool HoldsFall { get; }

    /// <summary>Whether an episode takes what comes after a fall that is not known to have happened.</summary>
    public bool TakesOnWhileUncertain { get; }

    /// <summary>How long nothing must have been lost before the window is known again.</summary>
    public TimeSpan Silence { get; }

    /// <summary>What the state says of the awaited event of an absence.</summary>
    public GapVerdict OfAwaited(GapState gap, VmState? vm) => Judge(_awaited.AsSpan(), gap, vm);

    /// <summary>What the state says of the events that end an episode.</summary>
    public GapVerdict OfEnders(GapState gap, VmState? vm) => Judge(_enders.AsSpan(), gap, vm);

    private GapVerdict Judge(ReadOnlySpan<RunStateTrace.Awaited> awaited, GapState gap, VmState? vm) =>
        vm is null || !SubjectIsVm ? GapVerdict.Unclear : RunStateTrace.Judge(awaited, _openers.AsSpan(), gap.StatusBefore, vm.Status);

    // What Qualm itself records is never lost with a monitor. An event without a name stands for any of them.
    private static ImmutableArray<RunStateTrace.Awaited> Losable(IEnumerable<BoundMatch> matches) =>
        [.. matches.SelectMany(m => m.Any ? [new RunStateTrace.Awaited("", true)] : m.Events.Where(e => e.Category != "monitor").Select(e => new RunStateTrace.Awaited(e.Name, m.Where is not null)))];
}
