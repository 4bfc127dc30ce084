using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Binding;

/// <summary>A condition over one event that asks for what other rules have concluded.</summary>
internal sealed class CelConclusionTest(string identity, Condition condition) : EventTest(identity)
{
    public override Condition Condition => condition;

    public override ImmutableArray<ConclusionUse> Conclusions => condition.Reads.Conclusions;

    public override TestResult Test(in EventView e) => Test(e, null);

    public override TestResult Test(in EventView e, IRuleFacts? facts)
    {
        var context = new EvalContext(e) { Facts = facts };
        var holds = condition.Holds(ref context, out var error);
        return error is not null ? TestResult.Error : holds ? TestResult.Yes : TestResult.No;
    }
}
