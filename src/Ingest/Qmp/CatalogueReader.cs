using System.Collections.Immutable;
using System.Text.Json;
using Qualm.Model;

namespace Qualm.Ingest.Qmp;

/// <summary>Turns the catalogue's JSON into schemas; members are numbered depth-first.</summary>
internal static class CatalogueReader
{
    public static EventCatalogue ReadEmbedded()
    {
        using var eras = Open("member-eras.json");
        var events = ImmutableArray.CreateBuilder<EventSchema>();
        foreach (var file in (string[])["qmp-events.json", "qualm-events.json"])
        {
            using var document = Open(file);
            foreach (var item in document.RootElement.EnumerateArray()) events.Add(Event(item, events.Count, eras.RootElement));
        }

        return new(events.ToImmutable());
    }

    private static JsonDocument Open(string file)
    {
        using var stream = typeof(CatalogueReader).Assembly.GetManifestResourceStream("Catalogue/" + file)
            ?? throw new InvalidOperationException($"the assembly lacks its resource Catalogue/{file}");
        return JsonDocument.Parse(stream);
    }

    private static EventSchema Event(JsonElement item, int id, JsonElement eras)
    {
        var name = Text(item, "name")!;
        string[] late = eras.TryGetProperty(name, out var names) ? [.. names.EnumerateArray().Select(n => n.GetString()!)] : [];
        var slots = 0;
        var members = Members(item.GetProperty("members"), "", ref slots);
        return new(
            id,
            name,
            Text(item, "category")!,
            Text(item, "summary")!,
            Text(item, "since")!,
            Text(item, "removed"),
            Limit(item),
            [.. members.Select(m => late.Contains(m.Name) ? m with { Optional = true } : m)],
            slots,
            [.. item.GetProperty("drift").EnumerateArray().Select(d => d.GetString()!)]);
    }

    private static RateLimit? Limit(JsonElement item) => item.GetProperty("rateLimited").GetBoolean()
        ? new(TimeSpan.FromMilliseconds(item.GetProperty("periodMs").GetInt32()), Text(item, "key"))
        : null;

    private static ImmutableArray<MemberSchema> Members(JsonElement list, string parent, ref int slots)
    {
        var members = ImmutableArray.CreateBuilder<MemberSchema>();
        foreach (var item in list.EnumerateArray()) members.Add(Member(item, parent, item.GetProperty("optional").GetBoolean(), ref slots));
        return members.ToImmutable();
    }

    private static MemberSchema Member(JsonElement item, string parent, bool optional, ref int slots)
    {
        var name = Text(item, "name")!;
        var path = parent + name;
        var slot = slots++;
        ImmutableArray<MemberSchema> members = [];
        if (item.TryGetProperty("members", out var list)) members = Members(list, path + ".", ref slots);
        else if (item.TryGetProperty("union", out var union)) members = Union(union, path + ".", ref slots);
        ImmutableArray<string> values = item.TryGetProperty("enum", out var known) ? [.. known.EnumerateArray().Select(v => v.GetString()!)] : [];
        return new(name, path, Type(item, values, members), optional, values, members, slot);
    }

    // Two branches may share a name (`port`); it is one member then, and outside the base none is sure to come.
    private static ImmutableArray<MemberSchema> Union(JsonElement union, string parent, ref int slots)
    {
        var members = Members(union.GetProperty("base"), parent, ref slots).ToBuilder();
        foreach (var branch in union.GetProperty("branches").EnumerateObject())
        {
            foreach (var item in branch.Value.EnumerateArray())
            {
                var name = Text(item, "name");
                if (members.All(m => m.Name != name)) members.Add(Member(item, parent, optional: true, ref slots));
            }
        }

        return members.ToImmutable();
    }

    private static MemberType Type(JsonElement item, ImmutableArray<string> values, ImmutableArray<MemberSchema> members)
    {
        if (!members.IsEmpty) return MemberType.Object;
        if (!values.IsEmpty) return MemberType.Enum;
        return Text(item, "type") switch
        {
            "str" => MemberType.String,
            "bool" => MemberType.Bool,
            "int" or "int8" or "int16" or "int32" or "int64" => MemberType.Int,
            "uint8" or "uint16" or "uint32" or "uint64" or "size" => MemberType.UInt,
            "number" => MemberType.Double,
            _ => MemberType.Any,
        };
    }

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
