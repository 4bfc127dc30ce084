namespace Qualm.Rules.Run;

internal sealed partial class AbsentRunner
{
    protected override void SaveOperator(StateSaver to)
    {
        _pool.Save(to);
        SavedEvents.Write(to, _shown, _pool);
    }

    protected override void LoadOperator(StateLoader from)
    {
        _pool.Load(from);
        _shown = SavedEvents.Read(from, _pool);
    }

    protected override bool IsSound(long[] block) => _pool.IsList(block[WaitingWord]) && _pool.IsList(block[LatelyWord]);
}
