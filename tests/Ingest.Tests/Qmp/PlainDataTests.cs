using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Ingest.Tests.Qmp;

/// <summary>Data that is walked without a parser gives what the general walk gives, wherever it is taken at all.</summary>
public sealed class PlainDataTests
{
    private static readonly EventSchema[] Schemas = [.. QmpCatalogue.Instance.Events.Where(e => e.SlotCount > 0)];

    private static readonly string[] Sound =
        ["null", "true", "false", "0", "-0", "-1", "123456789012345678", "\"\"", "\"x\"", "\"exactly 15 bytes\"", "\"sixteen bytes it\"", "\"a longer text, well past one vector of bytes\"", "\"del \u007f\""];

    private static readonly string[] Odd =
    [
        "00", "01", "-", "-01", "1234567890123456789", "-123456789012345678", "1.5", "1e5", "18446744073709551615", "\"a longer text with \\\"escapes\\\"\"", "\"\\u0000\"", "\"é\"",
        "\"sixteen bytes an\t\"", "\"open", "tru", "True", "nul", "{}", "{\"a\": 1}", "[]", "[1, \"x\"]", " 1", "",
    ];

    [Fact]
    public void What_is_taken_is_as_the_general_walk_finds_it() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(5000), Prop.ForAll((from schema in Gen.Elements(Schemas) from data in Data(schema) select (schema, data)).ToArbitrary(), x => Agree(x.schema, x.data)));

    [Fact]
    public void Cut_anywhere_it_is_not_taken()
    {
        var schema = QmpCatalogue.Instance.Find("ACPI_DEVICE_OST")!;
        var data = "{\"info\": {\"device\": \"d1\", \"source\": 1, \"status\": 0, \"slot\": \"1\", \"slot-type\": \"DIMM\"}}"u8.ToArray();
        for (var length = 1; length < data.Length; length++) PlainData.TryWalk(data.AsSpan(0, length), schema, new MemberSlot[schema.SlotCount], out _).ShouldBeFalse($"at {length}");
        PlainData.TryWalk([.. data, .. "}, more"u8], schema, new MemberSlot[schema.SlotCount], out var taken).ShouldBeTrue();
        taken.ShouldBe(data.Length);
    }

    [Fact]
    public void Most_data_of_a_real_QEMU_is_taken()
    {
        var (taken, all) = (0, 0);
        foreach (var line in Captured.Events)
        {
            EventDecoder.TryDecode(line, QmpCatalogue.Instance, new MemberSlot[QmpCatalogue.Instance.MostSlots], out var decoded).ShouldBeTrue();
            if (decoded.Data.IsEmpty) continue;
            all++;
            if (PlainData.TryWalk(decoded.Data, decoded.Schema!, new MemberSlot[decoded.Schema!.SlotCount], out _)) taken++;
        }

        ((double)taken / all).ShouldBeGreaterThan(0.9, $"{taken} of {all}");
    }

    private static bool Agree(EventSchema schema, byte[] data)
    {
        var slots = new MemberSlot[schema.SlotCount];
        if (!PlainData.TryWalk(data, schema, slots, out var length)) return true;
        var reader = new Utf8JsonReader(data);
        var general = new MemberSlot[schema.SlotCount];
        reader.Read();
        return DataWalk.Data(ref reader, schema, 0, general) == Oddities.None && reader.BytesConsumed == length && slots.SequenceEqual(general);
    }

    // Mostly sound members of the schema, in any order, some twice, some unknown, in either spacing; now and then a byte changed.
    private static Gen<byte[]> Data(EventSchema schema) =>
        from text in Object(schema.Members.AsSpan().ToArray())
        from tail in Gen.Elements("", "", "}", ", \"vm\": \"web-1\"}", " ")
        from change in Gen.Frequency((4, Gen.Constant((At: -1, Value: 0))), (1, Gen.Choose(1, 200).Zip(Gen.Choose(0, 255)).Select(c => (At: c.Item1, Value: c.Item2))))
        let bytes = Encoding.UTF8.GetBytes(text + tail)
        select Changed(bytes, change.At, change.Value);

    private static Gen<string> Object(IReadOnlyList<MemberSchema> members) =>
        from several in Gen.Elements([.. members, .. members, .. members, null]).ListOf()
        from values in Gen.CollectToList(several.Take(6).DistinctBy(m => m?.Name), Member)
        from comma in Gen.Frequency((6, Gen.Constant(", ")), (2, Gen.Constant(",")), (1, Gen.Constant(" , ")))
        select "{" + string.Join(comma, values) + "}";

    private static Gen<string> Member(MemberSchema? member) =>
        from value in Gen.Frequency((9, member is null || member.Members.IsEmpty ? Gen.Elements(Sound) : Object(member.Members)), (1, Gen.Elements(Odd)))
        from colon in Gen.Frequency((6, Gen.Constant(": ")), (2, Gen.Constant(":")), (1, Gen.Constant(" : ")))
        select $"\"{member?.Name ?? "stranger"}\"{colon}{value}";

    private static byte[] Changed(byte[] bytes, int at, int value)
    {
        if (at > 0 && at < bytes.Length) bytes[at] = (byte)value;
        return bytes;
    }
}
