using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>Every event that matches is a match.</summary>
internal sealed class EachRunner(BoundRule rule, int index, RunContext run) : RuleRunner(rule, index, run)
{
    public override int Words => BaseWords;

    protected override void Detect(int role, int slot, in EventView e) =>
        OpenEpisode(slot, e, e.At, e.At, e.Stamp, [e.Position.Value], new Aggregate(e.Weight, e.At, e.At));
}
