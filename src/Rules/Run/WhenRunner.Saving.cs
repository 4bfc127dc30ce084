namespace Qualm.Rules.Run;

internal sealed partial class WhenRunner
{
    protected override void SaveOperator(StateSaver to)
    {
        _pool.Save(to);
        _known?.Save(to);
    }

    protected override void LoadOperator(StateLoader from)
    {
        _pool.Load(from);
        _known?.Load(from, Keys);
    }

    protected override bool IsSound(long[] block) => _pool.IsList(block[PlanWord]);
}
