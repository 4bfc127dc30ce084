using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Qualm.Model;

namespace Qualm.Engine.Snapshotting;

/// <summary>Tells event catalogues apart by what state depends on: events, their members, types and slots.</summary>
internal static class CatalogueDigest
{
    public static string Of(EventCatalogue catalogue)
    {
        var text = new StringBuilder();
        foreach (var schema in catalogue.Events)
        {
            text.Append(CultureInfo.InvariantCulture, $"{schema.Id} {schema.Name} {schema.SlotCount}\n");
            foreach (var member in schema.Members) Add(text, member);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void Add(StringBuilder text, MemberSchema member)
    {
        text.Append(CultureInfo.InvariantCulture, $" {member.Path} {member.Type} {member.Slot} {member.Optional} {string.Join(',', member.Values)}\n");
        foreach (var inner in member.Members) Add(text, inner);
    }
}
