using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Qualm.Model;

namespace Qualm.Rules.Tests.Conditions;

/// <summary>Schemas and events made by hand, slots filled as a decoder would.</summary>
internal static class Some
{
    public static readonly EventSchema QuorumReportBad = Schema(
        "QUORUM_REPORT_BAD",
        Member("type", MemberType.Enum, 0, values: ["read", "write", "flush"]),
        Member("error", MemberType.String, 1, optional: true),
        Member("node-name", MemberType.String, 2),
        Member("sector-num", MemberType.Int, 3),
        Member("sectors-count", MemberType.UInt, 4));

    public static readonly EventSchema BlockIoError = Schema(
        "BLOCK_IO_ERROR",
        Member("device", MemberType.String, 0),
        Member("node-name", MemberType.String, 1, optional: true),
        Member("action", MemberType.Enum, 2, values: ["ignore", "report", "stop"]),
        Member("nospace", MemberType.Bool, 3, optional: true),
        new MemberSchema("info", "info", MemberType.Object, true, [], [Member("slot-type", MemberType.String, 5) with { Path = "info.slot-type" }], 4),
        Member("extra", MemberType.Any, 6, optional: true));

    public static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static EventView Event(EventSchema? schema, string data, VmState? vm = null, HostState? host = null, string? name = null)
    {
        var bytes = Encoding.UTF8.GetBytes(data);
        return new EventView
        {
            Schema = schema,
            Name = name ?? schema?.Name ?? "SOMETHING_NEW",
            Data = bytes,
            Slots = schema is null ? [] : Slots(schema, bytes),
            At = Instant.From(Noon),
            Stamp = Instant.From(Noon),
            Position = new Position(7),
            Weight = 1,
            Vm = vm,
            Host = host,
            Source = "unix:/run/qemu/a.sock",
        };
    }

    public static VmState Vm(string id = "vm-1")
    {
        var vm = new VmState(id, 0);
        Qualm.Projections.Fleet.SetLabels(vm, ImmutableSortedDictionary<string, string>.Empty.Add("env", "prod"));
        return vm;
    }

    private static EventSchema Schema(string name, params ImmutableArray<MemberSchema> members) =>
        new(0, name, "storage", "", "1.0", null, null, members, 8, []);

    private static MemberSchema Member(string name, MemberType type, int slot, bool optional = false, string[]? values = null) =>
        new(name, name, type, optional, [.. values ?? []], [], slot);

    private static MemberSlot[] Slots(EventSchema schema, byte[] data)
    {
        var slots = new MemberSlot[schema.SlotCount];
        var reader = new Utf8JsonReader(data);
        reader.Read();
        Fill(ref reader, data, schema.Members, slots);
        return slots;
    }

    private static void Fill(ref Utf8JsonReader reader, byte[] data, ImmutableArray<MemberSchema> members, MemberSlot[] slots)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            var member = members.FirstOrDefault(m => m.Name == name);
            var start = (int)reader.TokenStartIndex;
            var kind = reader.TokenType switch
            {
                JsonTokenType.String => reader.ValueIsEscaped ? SlotKind.EscapedString : SlotKind.String,
                JsonTokenType.Number => SlotKind.Number,
                JsonTokenType.True => SlotKind.True,
                JsonTokenType.False => SlotKind.False,
                JsonTokenType.Null => SlotKind.Null,
                JsonTokenType.StartArray => SlotKind.Array,
                _ => SlotKind.Object,
            };
            var inner = reader;
            reader.Skip();
            if (member is null) continue;
            var end = (int)reader.BytesConsumed;
            var quotes = kind is SlotKind.String or SlotKind.EscapedString ? 1 : 0;
            slots[member.Slot] = new MemberSlot(kind, start + quotes, end - start - (2 * quotes));
            if (kind == SlotKind.Object) Fill(ref inner, data, member.Members, slots);
        }
    }
}
