namespace Qualm.Rules.Run;

// Episodes that are over are remembered for the sake of stragglers. When no straggler can come any more their memory
// serves again, and so does that of their keys: else every key that ever fired would keep it until it fires again.
internal abstract partial class RuleRunner
{
    // In the order in which they ended; one may have made room for the next of its key since.
    private readonly Queue<Over> _over = new();

    private readonly record struct Over(long Until, int Slot);

    private void RememberOver(int slot, Episode episode) => _over.Enqueue(new Over(episode.EndStamp.Micros + Memory, slot));

    private void ForgetOver()
    {
        while (_over.TryPeek(out var first) && first.Until < Run.Now.Micros)
        {
            _over.Dequeue();
            if (_state.Find(first.Slot) is { } block && EpisodeOf(block) is null) TryRelease(first.Slot);
        }
    }
}
