namespace Qualm.Rules.Run;

internal sealed partial class SettledRunner
{
    protected override void SaveOperator(StateSaver to)
    {
        _pool.Save(to);
        _links.Save(to, _pool.Bound);
        _content.Save(to);
        SavedEvents.Write(to, _shown, _pool);
    }

    protected override void LoadOperator(StateLoader from)
    {
        _pool.Load(from);
        _links.Load(from, _pool.Bound);
        _content.Load(from);
        _shown = SavedEvents.Read(from, _pool);
    }

    protected override bool IsSound(long[] block) =>
        _pool.IsList(block[ListWord]) && _pool.IsList(block[ArrivalWord]) && _pool.IsList(block[ArrivalWord + 1]) && _pool.IsEntry(block[EnteredWord])
        && _content.IsSound(block.AsSpan(OwnWords), _pool);
}
