using Qualm.Model;

namespace Qualm.Rules;

public sealed partial class RuleSession
{
    /// <summary>Takes an operator's acknowledgement: the episode it names is not paged again and does not escalate.</summary>
    /// <param name="position">Of the recorded command.</param>
    /// <returns>Whether an episode that fires took it; false when none of that name fires, or it was taken already.</returns>
    public bool Acknowledge(OperatorCommand.Acknowledge command, Instant stamp, Position position, IDecisionSink sink)
    {
        AdvanceTo(stamp, sink);
        _run.Sink = sink;
        var taken = false;
        foreach (var runner in _runners.Where(r => r.Rule.Kind == ConclusionKind.Alert)) taken |= runner.Acknowledge(command, stamp, position);
        if (_staged) Settle();
        _run.Sink = null;
        return taken;
    }
}
