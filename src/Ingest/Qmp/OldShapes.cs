using System.Collections.Frozen;
using Qualm.Model;

namespace Qualm.Ingest.Qmp;

/// <summary>How members were named and placed in QEMU versions of long ago, and in the documents of that time.</summary>
internal static class OldShapes
{
    private static readonly FrozenSet<string> OstMembers =
        FrozenSet.Create(StringComparer.Ordinal, "device", "slot", "slot-type", "source", "status");

    /// <summary>Whether a key that today's schema does not have at the top of <c>data</c> is one of the past.</summary>
    public static bool Knows(EventSchema schema, ReadOnlySpan<byte> key) => schema.Name switch
    {
        "QUORUM_REPORT_BAD" or "QUORUM_FAILURE" => key.SequenceEqual("sector-count"u8),
        "ACPI_DEVICE_OST" => key.SequenceEqual("device"u8) || key.SequenceEqual("slot"u8) || key.SequenceEqual("slot-type"u8)
            || key.SequenceEqual("source"u8) || key.SequenceEqual("status"u8),
        _ => false,
    };

    /// <summary>Moves members of <c>data</c> where today's QEMU has them. What is already there wins.</summary>
    /// <returns>Whether anything changed.</returns>
    public static bool Modernise(EventSchema schema, List<JsonMember> members) => schema.Name switch
    {
        "QUORUM_REPORT_BAD" or "QUORUM_FAILURE" => RenameSectorCount(members),
        "ACPI_DEVICE_OST" => GatherInfo(members),
        _ => false,
    };

    private static bool RenameSectorCount(List<JsonMember> members)
    {
        var old = members.FindIndex(m => m.Key == "sector-count");
        if (old < 0 || members.Exists(m => m.Key == "sectors-count")) return false;
        members[old] = members[old] with { Key = "sectors-count", RawKey = "sectors-count"u8.ToArray() };
        return true;
    }

    private static bool GatherInfo(List<JsonMember> members)
    {
        var flat = members.FindAll(m => OstMembers.Contains(m.Key));
        if (flat.Count == 0 || members.Exists(m => m.Key == "info")) return false;
        members.RemoveAll(m => OstMembers.Contains(m.Key));
        members.Add(new("info", "info"u8.ToArray(), JsonMember.Write(flat)));
        return true;
    }
}
