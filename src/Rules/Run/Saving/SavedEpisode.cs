using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Run;

/// <summary>An episode with all that is known of how it may end.</summary>
internal static class SavedEpisode
{
    public static void Write(StateSaver to, Episode episode)
    {
        to.Write(episode.Slot);
        to.Write(episode.Key);
        to.Write(episode.IdAt);
        to.Write((int)episode.State);
        to.Write(episode.OpenedAt);
        to.Write(episode.Since);
        WriteAsOpened(to, episode.AsOpened);
        to.Write(episode.MetAt);
        to.Write(episode.SilentAt);
        to.Write(episode.SilentStamp);
        to.Write(episode.InGap);
        to.Write(episode.Unknown);
        to.Write(episode.HeldTo);
        to.Write(episode.HeldUntil);
        to.Write(episode.CooledAt);
        to.Write(episode.CooledStamp);
        to.Write((int)episode.Severity);
        to.Write(episode.Texts.MakeAnnotations());
        to.Write(episode.Texts.MakeLabels());
        to.Write(episode.Because);
        to.Write(episode.LastAt);
        to.Write(episode.LastStamp);
        to.Write(episode.LastPosition);
        to.Write(episode.Matches);
        to.Write(episode.PagedAt);
        to.Write(episode.Acknowledged);
        to.Write(episode.EscalatesAt);
        to.Write(episode.HasPaged);
        to.Write(episode.Concluded);
        DerivedData.Write(to, episode.Data);
        to.Write(episode.Owed);
        to.Write(episode.EndAt);
        to.Write(episode.EndStamp);
        to.Write(episode.EndedByChange);
        to.Write(episode.ToldBefore);
        episode.SaveOpen(to);
    }

    /// <param name="alert">Name of its rule.</param>
    public static Episode Read(StateLoader from, string alert)
    {
        var (slot, key, idAt) = (from.Index(int.MaxValue), from.Key(), from.Instant());
        var episode = new Episode
        {
            Slot = slot,
            State = from.Enum<Episode.Phase>(),
            OpenedAt = from.Instant(),
            Since = from.Instant(),
        };
        episode.LoadOpening(AsOpened(from), from.Numbers().AsSpan());
        (episode.SilentAt, episode.SilentStamp, episode.InGap, episode.Unknown) = (from.Instant(), from.Instant(), from.Bool(), from.Bool());
        (episode.HeldTo, episode.HeldUntil, episode.CooledAt, episode.CooledStamp) = (from.Instant(), from.Instant(), from.Instant(), from.Instant());
        episode.Severity = from.Enum<Severity>();
        episode.Identify(alert, key, idAt);
        episode.Texts.Take(from.NamedTexts(), from.NamedTexts());
        episode.Because = from.Numbers().AsSpan();
        (episode.LastAt, episode.LastStamp, episode.LastPosition, episode.Matches) = (from.Instant(), from.Instant(), from.Long(), from.Long());
        (episode.PagedAt, episode.Acknowledged, episode.EscalatesAt) = (from.Instant(), from.Bool(), from.SomeInstant());
        (episode.HasPaged, episode.Concluded) = (from.Bool(), from.Bool());
        episode.Data = DerivedData.Read(from);
        episode.Owed = from.Texts();
        (episode.EndAt, episode.EndStamp, episode.EndedByChange, episode.ToldBefore) = (from.Instant(), from.Instant(), from.Bool(), from.Bool());
        episode.LoadOpen(from);
        return episode;
    }

    private static void WriteAsOpened(StateSaver to, CelValue[]?[] opened)
    {
        to.Write(opened.Length);
        foreach (var values in opened)
        {
            to.Write(values?.Length ?? StateSaver.None);
            foreach (var value in values ?? []) SavedValue.Write(to, value);
        }
    }

    private static CelValue[]?[] AsOpened(StateLoader from)
    {
        var opened = new CelValue[]?[from.Reader.ReadCount(sizeof(int))];
        for (var i = 0; i < opened.Length; i++)
        {
            var count = from.Int();
            if (count == StateSaver.None) continue;
            StateLoader.Check(count >= 0 && count <= from.Reader.Left, $"an episode with {count} values");
            var values = new List<CelValue>();
            for (; count > 0; count--) values.Add(SavedValue.Read(from));
            opened[i] = [.. values];
        }

        return opened;
    }
}
