using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Qualm.Model;
using Qualm.Store.Reading;
using Qualm.Store.Writing;

namespace Qualm.Store.Tests;

public sealed class HeadersTests
{
    [Fact]
    public void What_is_written_is_read_back_in_any_order_of_members() =>
        Prop.ForAll<(string?, string?), long, byte>((texts, number, kind) =>
        {
            var (source, host) = texts;
            var headers = new EventHeaders(
                (RowKind)(1 + (kind % 4)), new Instant(number), source, host, Math.Abs(number % 1000), number / 3, (EventMarks)(kind % 32))
            {
                Weight = 1 + (kind % 9),
                First = new Instant(number - (kind % 3)),
                HasRaw = kind % 2 == 0,
            };
            var expected = headers with { Source = source is null ? null : StoredText.Clean(source), Host = host is null ? null : StoredText.Clean(host) };
            var buffer = new ByteBuffer();
            HeadersJson.Write(buffer, headers);
            var json = JsonNode.Parse(buffer.Written.Span)!.AsObject();
            var turned = new JsonObject(json.Reverse().Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())).Append(KeyValuePair.Create("x", JsonNode.Parse("[{\"qualm\":1}]"))));
            return new HeadersReader().Read(buffer.Written.Span) == expected
                && new HeadersReader().Read(Encoding.UTF8.GetBytes(turned.ToJsonString(new JsonSerializerOptions { WriteIndented = true }))) == expected;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"qualm\": \"other\", \"at\": 1}")]
    [InlineData("{\"qualm\": 1}")]
    [InlineData("{\"user\": \"x\"}")]
    [InlineData("{\"qualm")]
    public void What_does_not_say_it_is_ours_is_foreign(string json) =>
        new HeadersReader().Read(Encoding.UTF8.GetBytes(json)).ShouldBe(default);

    [Theory]
    [InlineData("block_io_error", "Qualm.Events.BlockIoError, Qualm.Events")]
    [InlineData("stop", "Qualm.Events.Stop, Qualm.Events")]
    public void A_type_has_the_name_that_Marten_derives_it_from(string type, string expected) => DotnetTypes.Of(type).ShouldBe(expected);
}
