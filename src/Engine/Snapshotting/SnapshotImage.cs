using System.Runtime;
using Qualm.Engine.Turns;
using Qualm.Model;
using Qualm.Projections;
using Qualm.Rules;
using Qualm.Store.Snapshots;
using Qualm.Store.Writing;

namespace Qualm.Engine.Snapshotting;

/// <summary>The state of a timeline as bytes, as it was after a committed turn.</summary>
/// <param name="Head">What it is of.</param>
/// <param name="Pieces">The state.</param>
internal sealed record SnapshotImage(SnapshotHead Head, IReadOnlyList<ReadOnlyMemory<byte>> Pieces)
{
    /// <summary>Takes it: between turns, in one go.</summary>
    /// <param name="progress">What is committed, which must be what the timeline shows; see <see cref="IsOf"/>.</param>
    public static SnapshotImage Take(Timeline timeline, Progress progress, string catalogue)
    {
        var writer = new StateWriter();
        Save(timeline, writer);
        var about = new SnapshotAbout(SnapshotAbout.OwnFormat, catalogue, timeline.ActiveRules.Digest, timeline.ActiveRules.By.Value, timeline.Inputs);
        return new SnapshotImage(new SnapshotHead(progress.Turn, timeline.Position, timeline.Clock, progress.Digest.ToArray(), about.ToUtf8()), writer.Pieces);
    }

    // Turns wait: the collector, which sees hundreds of new megabytes, must not go through all that lives meanwhile.
    private static void Save(Timeline timeline, StateWriter writer)
    {
        var mode = GCSettings.LatencyMode;
        GCSettings.LatencyMode = GCLatencyMode.LowLatency;
        try
        {
            timeline.Save(writer);
        }
        finally
        {
            GCSettings.LatencyMode = mode;
        }
    }

    /// <summary>Whether a timeline shows exactly what is committed, with nothing under way that no snapshot holds.</summary>
    public static bool IsOf(Timeline timeline, Decisions decisions, Progress progress) =>
        timeline.IsWhole && timeline.Clock == progress.Clock && timeline.Position <= progress.Position && decisions.Made.Count == 0
        && decisions.Digest.Span.SequenceEqual(progress.Digest.Span);

    /// <summary>Takes the state up again, with every VM and host marked as changed.</summary>
    /// <param name="about">Of <paramref name="head"/>.</param>
    /// <param name="rules">The set that ran.</param>
    /// <exception cref="StateFormatException">The bytes are damaged.</exception>
    public static Timeline Restore(SnapshotHead head, SnapshotAbout about, IReadOnlyList<ReadOnlyMemory<byte>> pieces, EventCatalogue catalogue, RuleSet rules)
    {
        var reader = new StateReader(pieces);
        var timeline = Timeline.Restore(catalogue, rules, reader, new PublishedSet());
        if (reader.Left > 0) throw new StateFormatException($"{reader.Left} bytes are left over");
        if (timeline.Position != head.Position || timeline.Clock != head.Clock || timeline.Inputs != about.Inputs || timeline.ActiveRules.Digest != about.Rules)
            throw new StateFormatException("its state is not what its head says");
        return timeline;
    }
}
