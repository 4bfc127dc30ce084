using System.Globalization;
using System.Text;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Bench.Workloads;

/// <summary>Kinds made out of QEMU's own catalogue: required members only, few values each.</summary>
internal static class CatalogueKinds
{
    /// <summary>Events that end a VM or lose its monitor would only make VMs vanish.</summary>
    private static readonly string[] LeftOut = ["SHUTDOWN", "MONITOR_CONNECTED", "MONITOR_LOST", "STATE_RESYNCED"];

    public static EventKind[] Take(int count) =>
        [.. QmpCatalogue.Instance.Events.Where(e => e.Category is not ("monitor" or "engine") && !LeftOut.Contains(e.Name)).Take(count).Select(Of)];

    /// <summary>Names of events that are not among these kinds.</summary>
    public static string[] OtherNames(IEnumerable<EventKind> kinds) =>
        [.. QmpCatalogue.Instance.Events.Select(e => e.Name).Except(kinds.Select(k => k.Name), StringComparer.Ordinal)];

    private static EventKind Of(EventSchema schema)
    {
        var members = schema.Members;
        string Data(ref Draw draw) => members.IsEmpty ? "" : Object(members, ref draw);
        var number = schema.Members.FirstOrDefault(m => m is { Optional: false, Type: MemberType.Int or MemberType.UInt });
        var text = schema.Members.FirstOrDefault(m => m is { Optional: false, Type: MemberType.String });
        Func<int, string>? rare =
            number is not null ? n => $"event.data.{number.RuleName} == {n}{(number.Type == MemberType.UInt ? "u" : "")}"
            : text is not null ? n => $"event.data.{text.RuleName} == \"{text.Name}-{n}\""
            : null;
        return new EventKind(schema.Name, Data, rare, Part: text?.RuleName);
    }

    private static string Object(IEnumerable<MemberSchema> members, ref Draw draw)
    {
        var text = new StringBuilder("{");
        foreach (var member in members.Where(m => !m.Optional))
        {
            if (text.Length > 1) text.Append(", ");
            text.Append('"').Append(member.Name).Append("\": ").Append(Value(member, ref draw));
        }

        return text.Append('}').ToString();
    }

    private static string Value(MemberSchema member, ref Draw draw) => member.Type switch
    {
        MemberType.Bool => draw.Below(2) == 0 ? "true" : "false",
        MemberType.Int or MemberType.UInt or MemberType.Double => draw.Below(1000).ToString(CultureInfo.InvariantCulture),
        MemberType.Enum => $"\"{member.Values[draw.Below(member.Values.Length)]}\"",
        MemberType.String => $"\"{member.Name}-{draw.Below(4)}\"",
        MemberType.Object => Object(member.Members, ref draw),
        _ => "{}",
    };
}
