using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Run;

namespace Qualm.Rules;

/// <summary>
/// The new and changed rules of a set that is to take over, fed with what comes before its activation so that they then
/// know what they would know had they run all along. What they decide meanwhile nobody sees. Serves one activation.
/// </summary>
public sealed class RuleWarming
{
    /// <param name="before">The set that runs when <paramref name="next"/> takes over.</param>
    public RuleWarming(RuleSet before, RuleSet next)
    {
        var running = before.Rules.ToDictionary(r => r.Name, StringComparer.Ordinal);
        var changed = next.Rules.Where(r => !running.TryGetValue(r.Name, out var was) || !RuleChange.IsSame(was, r)).ToImmutableArray();
        Names = [.. changed.Select(r => r.Name)];
        Reach = changed.IsEmpty ? TimeSpan.Zero : changed.Max(r => r.LookBack) + TimeSpan.FromMicroseconds(RunContext.Slack);
        Session = new RuleSession(next.Only([.. changed.Select(Watching)]));
    }

    /// <summary>The rules that are warmed, in the order of the agenda. Empty when none needs it.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>How long before the activation, in recorded time, it has to begin.</summary>
    public TimeSpan Reach { get; }

    internal RuleSession Session { get; }

    /// <summary>Begins: shows the rules the state of the fleet as it is at this stamp, which no later event might tell them.</summary>
    /// <param name="vms">All there are, in ordinal order.</param>
    /// <param name="hosts">All there are, in ordinal order.</param>
    public void Begin(Instant from, IEnumerable<VmState> vms, IEnumerable<HostState> hosts)
    {
        Session.AdvanceTo(from, NobodyListens.Instance);
        foreach (var vm in vms) Session.Look(View(from, vm.LastPosition, vm, vm.Host));
        foreach (var host in hosts) Session.Look(View(from, Position.None, null, host));
    }

    /// <summary>Lets the rules judge an event. The projections have taken it in already.</summary>
    public void Process(in EventView e) => Session.Process(e, NobodyListens.Instance);

    /// <summary>Comes to the activation. What its rules still decide while they are taken over nobody sees either.</summary>
    internal void Finish(Instant stamp)
    {
        Session.AdvanceTo(stamp, NobodyListens.Instance);
        Session.ListenWith(NobodyListens.Instance);
    }

    // Whatever ends an alert of a condition, it holds no longer than the condition does: what is over pages nobody at the activation.
    private static BoundRule Watching(BoundRule rule) => rule.HasCondition ? rule with { Resolve = rule.Resolve with { Fall = true } } : rule;

    private static EventView View(Instant at, Position position, VmState? vm, HostState? host) =>
        new() { Name = "", At = at, Stamp = at, Position = position, Weight = 1, Vm = vm, Host = host, Source = "" };

    private sealed class NobodyListens : IDecisionSink
    {
        public static readonly NobodyListens Instance = new();

        public void Decide(AlertTransition transition)
        {
        }

        public void Decide(in DecisionView decision)
        {
        }
    }
}
