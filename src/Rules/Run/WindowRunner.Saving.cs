namespace Qualm.Rules.Run;

internal sealed partial class WindowRunner
{
    protected override void SaveOperator(StateSaver to)
    {
        _pool.Save(to);
        _measure.Save(to);
    }

    protected override void LoadOperator(StateLoader from)
    {
        _pool.Load(from);
        _measure.Load(from);
    }

    protected override bool IsSound(long[] block) => _pool.IsList(block[ListWord]) && _pool.IsList(block[PlacesWord]);
}
