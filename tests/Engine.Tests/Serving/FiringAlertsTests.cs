using System.Collections.Immutable;
using Qualm.Engine.Serving.Metrics;
using Qualm.Model;

namespace Qualm.Engine.Tests.Serving;

public sealed class FiringAlertsTests
{
    private readonly FiringAlerts _firing = new();

    [Fact]
    public void Alerts_are_counted_by_severity_from_firing_to_resolved()
    {
        Take("a", TransitionKind.Pending, Severity.Error);
        Counts().ShouldBe((0, 0, 0, 0));
        Take("a", TransitionKind.Firing, Severity.Error);
        Take("a", TransitionKind.Firing, Severity.Error);
        Take("b", TransitionKind.Firing, Severity.Warning);
        Counts().ShouldBe((0, 1, 1, 0));
        Take("a", TransitionKind.Severity, Severity.Critical);
        Take("b", TransitionKind.Acknowledged, Severity.Warning);
        Counts().ShouldBe((0, 1, 0, 1));
        Take("b", TransitionKind.Resolved, Severity.Warning);
        Take("a", TransitionKind.Unknown, Severity.Critical);
        Take("c", TransitionKind.Unknown, Severity.Info);
        Counts().ShouldBe((0, 0, 0, 1));
    }

    [Fact]
    public void Facts_and_derived_events_are_no_alerts()
    {
        _firing.Committed([Transition("a", TransitionKind.Firing, Severity.Error) with { Kind = ConclusionKind.Fact }]);
        Counts().ShouldBe((0, 0, 0, 0));
    }

    private void Take(string alert, TransitionKind kind, Severity severity) => _firing.Committed([Transition(alert, kind, severity)]);

    private static AlertTransition Transition(string alert, TransitionKind kind, Severity severity) => new(
        alert, [], "e", kind, severity, new Instant(1), new Instant(2), alert, ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty,
        null, [], "f:1", null, [], Silent: false);

    private (long Info, long Warning, long Error, long Critical) Counts()
    {
        var counts = _firing.Observe().Select(m => m.Value).ToList();
        return (counts[0], counts[1], counts[2], counts[3]);
    }
}
