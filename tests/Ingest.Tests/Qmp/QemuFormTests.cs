using System.Text;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Ingest.Tests.Qmp;

/// <summary>What is taken without a parser. That both ways decode alike is tested with <see cref="GarbageTests"/>.</summary>
public sealed class QemuFormTests
{
    private const string Time = "\"timestamp\": {\"seconds\": 4, \"microseconds\": 5}";

    [Theory]
    [InlineData("", "", null, null)]
    [InlineData("\"vm\": \"web-1\", ", "", "web-1", null)]
    [InlineData("\"host\": \"h1\", ", "", null, "h1")]
    [InlineData("\"vm\": \"web-1\", \"host\": \"h1\", ", "", "web-1", "h1")]
    [InlineData("\"host\": \"h1\", \"vm\": \"web-1\", ", "", "web-1", "h1")]
    [InlineData("", ", \"vm\": \"web-1\"", "web-1", null)]
    [InlineData("", ", \"vm\": \"web-1\", \"host\": \"h1\"", "web-1", "h1")]
    [InlineData("", ", \"host\": \"h1\", \"vm\": \"web-1\"", "web-1", "h1")]
    [InlineData("\"vm\": \"web-1\", ", ", \"host\": \"h1\"", "web-1", "h1")]
    [InlineData("\"vm\": \"Büro 😀\", ", "", "Büro 😀", null)]
    public void Labels_are_taken_on_either_side_in_either_order_and_spacing(string front, string behind, string? vm, string? host)
    {
        foreach (var data in (string[])["", ", \"data\": {\"open\": true, \"id\": \"c0\"}"])
        {
            var line = $"{{{front}{Time}, \"event\": \"VSERPORT_CHANGE\"{data}{behind}}}";
            foreach (var json in (string[])[line, RandomLabels.Compact(line)])
            {
                var bytes = Encoding.UTF8.GetBytes(json);
                QemuForm.TryDecode(bytes, QmpCatalogue.Instance, Slots(), alone: true, out var decoded, out var consumed).ShouldBeTrue(json);
                consumed.ShouldBe(bytes.Length);
                Encoding.UTF8.GetString(decoded.Vm).ShouldBe(vm ?? "");
                Encoding.UTF8.GetString(decoded.Host).ShouldBe(host ?? "");
                decoded.EventTime.ShouldBe(Instant.FromUnix(4, 5));
                decoded.Data.IsEmpty.ShouldBe(data.Length == 0);
            }
        }
    }

    [Theory]
    [InlineData("\"vm\": \"\", ", "")]
    [InlineData("\"vm\": \"a\", \"vm\": \"b\", ", "")]
    [InlineData("\"host\": \"a\", ", ", \"host\": \"a\"")]
    [InlineData("\"host\": null, ", "")]
    [InlineData("\"vm\": \"web\\u002d1\", ", "")]
    [InlineData("\"vm\": \"a\tb\", ", "")]
    [InlineData("\"vm\": \"a\" , ", "")]
    [InlineData("\"vm\":\"a\", ", "")]
    [InlineData("\"vm\": \"a\", \"more\": \"b\", ", "")]
    [InlineData("", ", \"vm\": 5")]
    [InlineData("", ", \"vm\": \"a")]
    public void Anything_else_is_left_to_the_general_way(string front, string behind) =>
        QemuForm.TryDecode(
            Encoding.UTF8.GetBytes($"{{{front}{Time}, \"event\": \"STOP\"{behind}}}"), QmpCatalogue.Instance, Slots(), alone: true, out _, out _).ShouldBeFalse();

    [Fact]
    public void A_name_that_is_not_utf8_is_left_to_the_general_way()
    {
        var bytes = Encoding.ASCII.GetBytes($"{{\"vm\": \"a#\", {Time}, \"event\": \"STOP\"}}");
        bytes[bytes.AsSpan().IndexOf((byte)'#')] = 0xC3;
        QemuForm.TryDecode(bytes, QmpCatalogue.Instance, Slots(), alone: true, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void Lines_that_name_their_VM_allocate_nothing()
    {
        byte[][] lines = [.. Captured.Events.SelectMany(line => (byte[][])
            [RandomLabels.Around(line, ["\"vm\": \"web-1\"", "\"host\": \"Büro\""], [], compact: false), RandomLabels.Around(line, [], ["\"vm\": \"web-1\""], compact: true)])];
        var slots = Slots();
        All(lines, slots);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var taken = All(lines, slots);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        taken.ShouldBe(lines.Length);
    }

    private static int All(byte[][] lines, MemberSlot[] slots)
    {
        var taken = 0;
        foreach (var line in lines) taken += QemuForm.TryDecode(line, QmpCatalogue.Instance, slots, alone: true, out _, out _) ? 1 : 0;
        return taken;
    }

    private static MemberSlot[] Slots() => new MemberSlot[QmpCatalogue.Instance.MostSlots];
}
