using Qualm.Model;
using Qualm.Rules.Run;

namespace Qualm.Rules;

public sealed partial class RuleSession
{
    // The event that asks for the state again, or ends the VM, has just been folded.
    private static bool EndsGap(in EventView e) =>
        e.Vm is { } vm && (vm.Monitor.Gap.IsEndedBy(e.Stamp) || vm.Host?.Gap.IsEndedBy(e.Stamp) == true);

    private static void JudgeGaps(in EventView e, ReadOnlySpan<RuleRunner> runners)
    {
        var vm = e.Vm!.Monitor.Gap.IsEndedBy(e.Stamp) ? e.Vm : null;
        var host = e.Vm.Host?.Gap.IsEndedBy(e.Stamp) == true ? e.Vm.Host : null;
        foreach (var runner in runners)
        {
            if (vm is not null && runner.MindsGap(ofVm: true)) runner.GapEnded(runner.SlotsOf(vm, null), e);
            if (host is not null && runner.MindsGap(ofVm: false)) runner.GapEnded(runner.SlotsOf(null, host), e);
        }
    }
}
