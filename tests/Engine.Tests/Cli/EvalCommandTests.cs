using System.Text.Json;
using Qualm.Engine.Cli;

namespace Qualm.Engine.Tests.Cli;

public sealed class EvalCommandTests
{
    private const string OldQuorum = """
        {"timestamp":{"seconds":1700000000,"microseconds":25},"event":"QUORUM_REPORT_BAD","vm":"vm-1","host":"h1",
         "data":{"type":"read","node-name":"q0","sector-num":8,"sector-count":3,"of-ours":true}}
        """;

    [Theory]
    [InlineData("event.data.sectors_count == 3", "true")]
    [InlineData("event.data.of_ours", "true")]
    [InlineData("[event.name, event.vm, vm.host, host.id]", """["QUORUM_REPORT_BAD","vm-1","h1","h1"]""")]
    [InlineData("event.at == timestamp('2023-11-14T22:13:20.000025Z')", "true")]
    public void A_line_of_QMP_is_seen_as_rules_see_it(string expression, string json) => Json(expression, OldQuorum).ShouldBe(json);

    [Theory]
    [InlineData("vm.status", """{"event":"STOP","vm":"vm-1"}""", "\"paused\"")]
    [InlineData("vm.panicked", """{"event":"GUEST_PANICKED","vm":"vm-1","data":{"action":"pause"}}""", "true")]
    [InlineData("event.data.size * 2u", """{"event":"MEMORY_DEVICE_SIZE_CHANGE","data":{"id":"m0","size":1024,"qom-path":"/m0"}}""", "2048")]
    [InlineData("event.data.x + 1", """{"event":"NOT_OF_QEMU","data":{"x":41}}""", "42")]
    [InlineData("event.data.x + 1", """{"name":"STOP","at":"2026-01-01T00:00:00Z","data":{"x":41}}""", "42")]
    [InlineData("event.name", "{}", "\"\"")]
    public void Events_are_typed_by_the_catalogue_and_folded(string expression, string message, string json) => Json(expression, message).ShouldBe(json);

    [Theory]
    [InlineData("vm.status", """{"event":"STOP"}""", "there is no VM")]
    [InlineData("event.name", "[]", "the event is not a JSON object")]
    [InlineData("event.data.nowhere", """{"event":"STOP","data":{}}""", "no such key: 'nowhere'")]
    public void What_is_not_there_is_an_error(string expression, string message, string error)
    {
        using var json = JsonDocument.Parse(message);
        EvalCommand.Evaluate(expression, json.RootElement, null, null).Error.ShouldBe(error);
    }

    private static string? Json(string expression, string message)
    {
        using var json = JsonDocument.Parse(message);
        return EvalCommand.Evaluate(expression, json.RootElement, null, null).Json;
    }
}
