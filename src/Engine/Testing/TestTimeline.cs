using Qualm.Engine.Turns;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Projections;
using Qualm.Rules;
using Qualm.Rules.Testing;

namespace Qualm.Engine.Testing;

/// <summary>One life of an engine in a test: the timeline of the service over the test's fleet. It may be thrown away and derived anew.</summary>
internal sealed class TestTimeline : IDecisionSink
{
    private readonly RuleTestFile _file;
    private readonly TestInputs _inputs;
    private Timeline _timeline;
    private readonly List<AlertTransition> _decisions = [];
    private readonly List<(Instant At, AlertTransition Transition)> _told = [];
    private readonly List<long> _ordinals = [0];
    private readonly HashSet<Guid> _recorded = [];

    public TestTimeline(RuleTestFile file, RuleSet set, TestInputs inputs)
    {
        (_file, _inputs) = (file, inputs);
        _timeline = new Timeline(QmpCatalogue.Instance, new RuleSession(set));
        foreach (var vm in file.Fleet)
        {
            SetLabels(vm);
            foreach (var told in TestInputs.Standing(vm, file.Start)) _timeline.Feed(told, Position.None, this);
        }

        foreach (var told in inputs.Monitored()) _timeline.Feed(told, Position.None, this);
    }

    /// <summary>Loses all state, and takes it up again from a snapshot made just before.</summary>
    public void Restart()
    {
        var writer = new StateWriter();
        _timeline.Save(writer);
        _timeline = Timeline.Restore(QmpCatalogue.Instance, _timeline.Rules.Set, new StateReader(writer.Pieces), null);

        // What comes of the configuration is no state.
        foreach (var vm in _file.Fleet) SetLabels(vm);
    }

    public Instant Clock => _timeline.Clock;

    /// <summary>In order; their causes are ordinals of the test's inputs.</summary>
    public IReadOnlyList<AlertTransition> Decisions => _decisions;

    /// <summary>Feeds one input, unless an event of its identity is recorded already.</summary>
    public void Feed(Arrival arrival)
    {
        var status = _timeline.Fleet.FindVm(_inputs.Test.Inputs[arrival.Index].Vm)?.Status;
        var (received, at) = _inputs.Receive(arrival.Index, status);
        if (!_recorded.Add(received.Id)) return;
        _ordinals.Add(arrival.Index + 1);
        var stamp = Instant.Max(_timeline.Clock, at + arrival.Delay);
        _timeline.Feed(new StampedInput.Event(stamp, received, at, EventMarks.None, 1), new Position(_ordinals.Count - 1), this);
    }

    public void AdvanceTo(Instant stamp) => _timeline.AdvanceTo(stamp, this);

    /// <summary>What people are told of, in order: decisions, and what was withheld before. Whom, the transition says.</summary>
    public IReadOnlyList<(Instant At, AlertTransition Transition)> Told => _told;

    public void Decide(AlertTransition transition)
    {
        _decisions.Add(InOrdinals(transition));
        _told.Add((transition.At, _decisions[^1]));
    }

    // Told with the decision that ended what muted it.
    public void Deliver(AlertTransition transition) => _told.Add((_decisions[^1].At, InOrdinals(transition)));

    private void SetLabels(RuleTestVm vm)
    {
        var state = _timeline.Fleet.GetOrAddVm(vm.Id);
        if (!vm.Labels.IsEmpty) Fleet.SetLabels(state, vm.Labels);
    }

    private AlertTransition InOrdinals(AlertTransition transition) =>
        transition with { Because = [.. transition.Because.Select(p => _ordinals[(int)p]).Where(o => o > 0).Order()] };
}
