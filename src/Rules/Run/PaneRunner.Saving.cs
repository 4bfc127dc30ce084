namespace Qualm.Rules.Run;

internal abstract partial class PaneRunner
{
    protected override void SaveOperator(StateSaver to)
    {
        Pool.Save(to);
        Tally.Save(to);
        to.Write(_panes.Count);
        for (var i = 1; i < _panes.Count; i++) _panes[i].Save(to);
        to.Writer.WriteAll<int>([.. _free.Reverse()]);
    }

    protected override void LoadOperator(StateLoader from)
    {
        Pool.Load(from);
        Tally.Load(from);
        var count = from.Reader.ReadCount();
        StateLoader.Check(count > 0, "there are no windows");
        for (var i = 1; i < count; i++)
        {
            var pane = Pane.Load(from);
            StateLoader.Check((uint)pane.Next < (uint)count && Pool.IsList(pane.Events), "a window leads nowhere");
            _panes.Add(pane);
        }

        foreach (var free in from.Reader.ReadAll<int>())
        {
            StateLoader.Check(IsPane(free), "what is free is no window");
            _free.Push(free);
        }
    }

    protected override bool IsSound(long[] block) => IsPane(block[PanesWord]);

    protected bool IsPane(long index) => (ulong)index < (ulong)_panes.Count;
}
