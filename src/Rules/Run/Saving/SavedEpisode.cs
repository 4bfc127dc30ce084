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
        to.Write(episode.Id);
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
        to.Write(episode.Summary);
        to.Write(episode.Annotations);
        to.Write(episode.Labels);
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

    public static Episode Read(StateLoader from)
    {
        var slot = from.Index(int.MaxValue);
        var episode = new Episode
        {
            Slot = slot,
            Key = from.Key(),
            Id = from.SomeText(),
            State = from.Enum<Episode.Phase>(),
            OpenedAt = from.Instant(),
            Since = from.Instant(),
            AsOpened = AsOpened(from),
            MetAt = from.Numbers(),
            SilentAt = from.Instant(),
            SilentStamp = from.Instant(),
            InGap = from.Bool(),
            Unknown = from.Bool(),
            HeldTo = from.Instant(),
            HeldUntil = from.Instant(),
            CooledAt = from.Instant(),
            CooledStamp = from.Instant(),
            Severity = from.Enum<Severity>(),
            Summary = from.SomeText(),
            Annotations = from.NamedTexts(),
            Labels = from.NamedTexts(),
            Because = from.Numbers(),
            LastAt = from.Instant(),
            LastStamp = from.Instant(),
            LastPosition = from.Long(),
            Matches = from.Long(),
            PagedAt = from.Instant(),
            Acknowledged = from.Bool(),
            EscalatesAt = from.SomeInstant(),
            HasPaged = from.Bool(),
            Concluded = from.Bool(),
            Data = DerivedData.Read(from),
            Owed = from.Texts(),
            EndAt = from.Instant(),
            EndStamp = from.Instant(),
            EndedByChange = from.Bool(),
            ToldBefore = from.Bool(),
        };
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
