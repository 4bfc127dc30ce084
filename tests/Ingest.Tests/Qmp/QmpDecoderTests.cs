using System.Text;
using System.Text.Json;
using Qualm.Ingest.Qmp;

namespace Qualm.Ingest.Tests.Qmp;

public sealed class QmpDecoderTests
{
    [Fact]
    public void Greeting_tells_version_package_and_oob()
    {
        Decoding.Decode("""{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian 1:7.2"}, "capabilities": ["oob"]}}""")
            .ShouldBe(new QmpMessage.Greeting("7.2.22", "Debian 1:7.2", Oob: true));
        Decoding.Decode("""{"QMP": {"version": {"qemu": {"micro": 0, "minor": 1, "major": 11}}, "capabilities": []}}""")
            .ShouldBe(new QmpMessage.Greeting("11.1.0", "", Oob: false));
    }

    [Theory]
    [InlineData("""{"return": {"a": 1}, "id": "c5"}""", "c5")]
    [InlineData("""{"id": {"k": [1.50]}, "return": 1}""", """{"k": [1.50]}""")]
    [InlineData("""{"id": 7, "return": []}""", "7")]
    [InlineData("""{"return": {}}""", null)]
    public void Any_value_may_be_the_id_of_a_return(string json, string? id) =>
        Decoding.Decode(json).ShouldBeOfType<QmpMessage.Return>().Id.ShouldBe(id);

    [Fact]
    public void Errors_tell_class_and_description() =>
        Decoding.Decode("""{"id": "c1", "error": {"class": "CommandNotFound", "desc": "no \ud800 such"}}""")
            .ShouldBe(new QmpMessage.Error("c1", "CommandNotFound", "no \uFFFD such"));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"execute": "stop"}""")]
    [InlineData("""{"QMP": 1}""")]
    [InlineData("""{"QMP": {"version": {"qemu": {"major": 7}}}}""")]
    [InlineData("""{"error": {"class": 5, "desc": ""}}""")]
    [InlineData("""{"error": {"class": "a"}}""")]
    [InlineData("null")]
    [InlineData("{\"return\": 1")]
    public void Nonsense_is_a_breach_of_protocol(string json) => Decoding.Refused(json);

    [Fact]
    public void Unaltered_data_is_a_slice_of_the_message()
    {
        var bytes = Encoding.UTF8.GetBytes("""{"event": "RESET", "data": {"guest": true}}""");
        var decoded = ((QmpMessage.Event)QmpDecoder.Decode(bytes, QmpCatalogue.Instance)).Value;
        decoded.Name.ShouldBeSameAs(decoded.Schema!.Name);
        bytes.AsSpan().Overlaps(decoded.Data.Span, out var at).ShouldBeTrue();
        at.ShouldBe(27);
        decoded.Raw.ToArray().ShouldBe(bytes);
    }

    [Fact]
    public void Every_line_a_real_QEMU_sent_decodes()
    {
        using var counts = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Captured.Folder, "counts.json")));
        foreach (var file in Captured.Files)
        {
            var events = Captured.Lines(file)
                .Select(line => QmpDecoder.Decode(line, QmpCatalogue.Instance))
                .OfType<QmpMessage.Event>()
                .ToList();
            events.ShouldAllBe(e => e.Value.Schema != null && e.Value.EventTime != null && !e.Value.Altered);
            var expected = counts.RootElement.GetProperty(Path.GetFileNameWithoutExtension(file)).EnumerateObject();
            events.CountBy(e => e.Value.Name).OrderBy(c => c.Key).ShouldBe(
                expected.Select(c => KeyValuePair.Create(c.Name, c.Value.GetInt32())).OrderBy(c => c.Key), file);
        }
    }

    [Fact]
    public void Every_member_a_real_QEMU_sent_is_in_the_catalogue()
    {
        foreach (var line in Captured.Events)
        {
            var decoded = ((QmpMessage.Event)QmpDecoder.Decode(line, QmpCatalogue.Instance)).Value;
            if (decoded.Data.IsEmpty) continue;
            using var data = JsonDocument.Parse(decoded.Data);
            foreach (var member in data.RootElement.EnumerateObject()) decoded.Schema!.Find(member.Name).ShouldNotBeNull($"{decoded.Name}.{member.Name}");
        }
    }
}
