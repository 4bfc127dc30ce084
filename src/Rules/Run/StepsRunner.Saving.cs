namespace Qualm.Rules.Run;

internal sealed partial class StepsRunner
{
    // What a step keeps of an event for texts and conditions is found again in the event.
    protected override void SaveOperator(StateSaver to)
    {
        _pool.Save(to);
        SavedEvents.Write(to, _captured, static c => c.Event, _pool);
    }

    protected override void LoadOperator(StateLoader from)
    {
        _pool.Load(from);
        var events = SavedEvents.Read(from, _pool);
        _captured.EnsureCapacity(events.Count);
        foreach (var (index, e) in events) _captured[index] = (e, Whole.Capture(e.View()));
    }

    protected override bool IsSound(long[] block)
    {
        for (var word = SettlingWord; word < block.Length; word++)
        {
            if (!_pool.IsList(block[word])) return false;
        }

        return true;
    }
}
