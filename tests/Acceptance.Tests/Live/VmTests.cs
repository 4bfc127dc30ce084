using System.Text.Json.Nodes;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Live;

/// <summary>Commands that show the fleet, beside a service and without one.</summary>
public sealed class VmTests
{
    [PostgresFact]
    public async Task The_picture_of_a_VM_is_that_of_its_newest_event_beside_a_service_and_without_one()
    {
        await using var site = await Installation.MakeAsync();
        await using var web = FakeQemu.OnSocket(site.Workspace["web-1.sock"], "web-1");
        await using var db = FakeQemu.OnSocket(site.Workspace["db-1.sock"], "db-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await web.ServedAsync();
        await db.ServedAsync();
        await using (var database = await site.OpenAsync())
        {
            await web.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
            await web.SendAsync("STOP");
            await db.SendAsync("STOP");
            await db.SendAsync("RESUME");
            await site.UntilAsync(async () => await database.CountAsync("mt_events where type in ('stop', 'resume')") == 3, "the events are recorded");
        }

        var all = await ShouldListAsync(site);
        var one = (await site.QualmAsync("vm", "web-1", "--json")).ShouldExit(0).Json.ShouldHaveSingleItem();
        JsonNode.DeepEquals(one, all["web-1"]).ShouldBeTrue();
        ((long)one["panics"]!["count"]!).ShouldBe(1);
        (await site.QualmAsync("vm")).ShouldExit(0).Text.ShouldContain("guest-panicked");
        (await site.QualmAsync("vm", "web-1")).ShouldExit(0).Text.ShouldContain("GUEST_PANICKED");
        (await site.QualmAsync("alerts", "--json")).ShouldExit(0).Json.ShouldHaveSingleItem()["alert"]!.GetValue<string>().ShouldBe("Panicked");
        (await site.QualmAsync("vm", "nobody")).Code.ShouldNotBe(0);

        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
        await ShouldListAsync(site);
        (await site.QualmAsync("alerts")).ShouldExit(0).Text.ShouldContain("Panicked");
        site.Workspace.Processes().ShouldBeEmpty("a command leaves no server running");
    }

    private static async Task<Dictionary<string, JsonObject>> ShouldListAsync(Installation site)
    {
        var all = (await site.QualmAsync("vm", "--json")).ShouldExit(0).Json.ToDictionary(v => (string)v["id"]!);
        all.Keys.ShouldBe(["db-1", "web-1"], ignoreOrder: true);
        ((string?)all["db-1"]["status"]).ShouldBe("running");
        ((string?)all["web-1"]["status"]).ShouldBe("guest-panicked");
        return all;
    }
}
