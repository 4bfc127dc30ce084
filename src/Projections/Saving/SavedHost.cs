using Qualm.Model;

namespace Qualm.Projections;

/// <summary>All of a host's roll-up.</summary>
internal static class SavedHost
{
    public static void Write(StateWriter to, TextsOut texts, HostState host)
    {
        to.Write(host.Id);
        to.Write(host.Vms);
        to.Write(host.RunningVms);
        to.Write(host.LostMonitors);
        to.Write(host.VmsInGap);
        to.Write(host.PanickedVms);
        to.Write(!ReferenceEquals(host.Gap, GapState.None));
        if (!ReferenceEquals(host.Gap, GapState.None)) Write(to, texts, host.Gap);
    }

    public static void Read(StateReader from, TextsIn texts, Fleet fleet)
    {
        var count = fleet.HostCount;
        if (from.ReadSomeText() is not { Length: > 0 } id) throw new StateFormatException("a host without an id");
        var host = fleet.GetOrAddHost(id);
        if (host.Index != count) throw new StateFormatException($"host '{id}' is there twice");
        host.Vms = from.ReadInt32();
        host.RunningVms = from.ReadInt32();
        host.LostMonitors = from.ReadInt32();
        host.VmsInGap = from.ReadInt32();
        host.PanickedVms = from.ReadInt32();
        if (from.ReadBool()) Read(from, texts, host.GapForChange);
    }

    public static void Write(StateWriter to, TextsOut texts, GapState gap)
    {
        to.Write(gap.Open);
        to.Write(gap.BeganAt);
        texts.Write(gap.StatusBefore);
        to.Write(gap.EndedAt);
        to.Write(gap.EndedStamp);
        to.Write(gap.EndedBy.Value);
    }

    public static void Read(StateReader from, TextsIn texts, GapState gap)
    {
        gap.Open = from.ReadBool();
        gap.BeganAt = from.ReadInstant();
        gap.StatusBefore = texts.Read();
        gap.EndedAt = from.ReadInstant();
        gap.EndedStamp = from.ReadInstant();
        gap.EndedBy = new Position(from.ReadInt64());
    }
}
