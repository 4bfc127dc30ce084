namespace Qualm.Rules.Run;

/// <summary>
/// Episodes of one rule that nobody remembers any more, to serve again. Whoever decides something may still look at one
/// that is dropped meanwhile, so it serves again only in a later step.
/// </summary>
internal sealed class EpisodePool(RunContext run)
{
    private readonly Queue<Episode> _dropped = new();

    /// <summary>An episode like a new one.</summary>
    public Episode Take() => _dropped.TryPeek(out var first) && first.DroppedIn < run.Step ? Cleared(_dropped.Dequeue()) : new Episode();

    public void Give(Episode episode)
    {
        episode.DroppedIn = run.Step;
        _dropped.Enqueue(episode);
    }

    private static Episode Cleared(Episode episode)
    {
        episode.Clear();
        return episode;
    }
}
