using System.Text.Json;

namespace Qualm.Projections.Tests;

public class PublishedSetTests
{
    private readonly Some _some = new();

    [Fact]
    public void Many_changes_of_one_VM_are_published_once_as_it_is_then()
    {
        _some.Happens("RESUME", 1, host: "h1");
        _some.Happens("STOP", 2);
        var taken = _some.Changes.Take();
        taken.Select(d => (d.IsHost, d.Id, d.LastPosition.Value)).ShouldBe([(true, "h1", 0), (false, "a", 2)]);
        JsonDocument.Parse(taken[1].Json).RootElement.GetProperty("status").GetString().ShouldBe("paused");
        _some.Changes.Take().ShouldBeEmpty();
        _some.Happens("RESUME", 3);
        JsonDocument.Parse(taken[1].Json).RootElement.GetProperty("status").GetString().ShouldBe("paused");
        _some.Changes.Count.ShouldBe(2);
    }

    [Fact]
    public void A_host_is_published_only_when_its_sums_changed()
    {
        _some.Happens("RESUME", 1, host: "h1");
        _some.Changes.Take();
        _some.Happens("RESUME", 2);
        _some.Changes.Take().ShouldHaveSingleItem().IsHost.ShouldBeFalse();
    }

    [Fact]
    public void A_part_can_be_taken_and_the_rest_waits()
    {
        for (var i = 0; i < 200; i++) _some.Happens("RESUME", i, vm: $"vm-{i}");
        _some.Changes.Take(150).Select(d => d.Id).ShouldBe(Enumerable.Range(0, 150).Select(i => $"vm-{i}"));
        _some.Changes.Count.ShouldBe(50);
        _some.Changes.Clear();
        _some.Changes.Take().ShouldBeEmpty();
        _some.Happens("STOP", 300, vm: "vm-199");
        _some.Changes.Take().ShouldHaveSingleItem().Id.ShouldBe("vm-199");
    }
}
