using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Qualm.Model.Tests;

public sealed class TransitionJsonTests
{
    [Fact]
    public void The_line_of_a_transition_is_as_documented()
    {
        var transition = new AlertTransition(
            "GuestPanicked", [new("vm", "web-1", true), new("slot", "3", false)], "e1", TransitionKind.Resolved, Severity.Critical,
            Instant.FromUnix(1, 5), Instant.FromUnix(2, 0), "gone", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty,
            null, [7, 9], "guest.yaml:6", "event", [], false);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream)) TransitionJson.Write(json, transition);

        Encoding.UTF8.GetString(stream.ToArray()).ShouldBe(
            """{"alert":"GuestPanicked","key":{"vm":"web-1","slot":3},"episode":"e1","transition":"resolved","severity":"critical","at":"1970-01-01T00:00:01.000005Z","decided_at":"1970-01-01T00:00:02.000000Z","summary":"gone","because":[7,9],"rule":"guest.yaml:6","reason":"event"}""");
    }

    [Fact]
    public void Names_of_transitions_are_read_back()
    {
        foreach (var kind in Enum.GetValues<TransitionKind>()) TransitionJson.ParseTransition(TransitionJson.Name(kind)).ShouldBe(kind);
        Should.Throw<FormatException>(() => TransitionJson.ParseTransition("fired"));
    }
}
