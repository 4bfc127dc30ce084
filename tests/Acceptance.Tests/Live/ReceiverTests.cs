using System.Security.Cryptography;
using System.Text;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Live;

/// <summary>A receiver that does not do as it should.</summary>
public sealed class ReceiverTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    [PostgresFact]
    public async Task A_page_is_repeated_with_the_same_key_until_it_is_taken_and_its_end_comes_after_it()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["vm-1.sock"], "vm-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        site.Pages.Answer = n => n switch { 1 or 2 => 500, 3 => 429, 4 => PageServer.Silence, _ => 202 };
        await site.RunAsync();
        await qemu.ServedAsync();
        await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        await site.UntilAsync(() => site.Pages.Received.Count > 0, "a first attempt");
        await qemu.SendAsync("RESET", new() { ["guest"] = true, ["reason"] = "guest-reset" });
        await site.UntilAsync(() => site.Pages.Delivered.Count == 2, "both messages are taken");

        var received = site.Pages.Received;
        received.Select(p => p.DedupKey).Distinct().ShouldHaveSingleItem();
        received.Select(p => p.Header).Distinct().ShouldHaveSingleItem().ShouldBe(received[0].DedupKey);
        received.Select(p => p.Transition).ShouldBe(["firing", "firing", "firing", "firing", "firing", "resolved"]);
    }

    [PostgresFact]
    public async Task One_receiver_that_refuses_does_not_keep_another_from_its_pages()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["vm-1.sock"], "vm-1");
        site.WriteRules(TestRules.Panic.Replace("[page]", "[page-storage, page]", StringComparison.Ordinal)).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        site.Pages.AnswerTo = path => path == "/page-storage" ? 503 : 202;
        await site.RunAsync();
        await qemu.ServedAsync();
        await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        await site.UntilAsync(() => site.Pages.Delivered.Count == 1, "the other receiver has the page");
        await qemu.SendAsync("RESET", new() { ["guest"] = true, ["reason"] = "guest-reset" });
        await site.UntilAsync(() => site.Pages.Delivered.Count == 2, "the other receiver has both messages");
        site.Pages.Delivered.ShouldAllBe(p => p.Path == "/page");
    }

    [PostgresFact]
    public async Task A_page_is_signed_with_the_secret_of_its_receiver()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["vm-1.sock"], "vm-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        await site.RunAsync();
        await qemu.ServedAsync();
        await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        await site.UntilAsync(() => site.Pages.Delivered.Count == 1, "the panic pages");
        var page = site.Pages.Delivered[0];

        // t=T,v1=HEX: the HMAC of T, a dot and the body.
        var parts = page.Headers["qualm-signature"].Split(',').ToDictionary(p => p.Split('=')[0], p => p.Split('=')[1]);
        byte[] signed = [.. Encoding.ASCII.GetBytes(parts["t"] + "."), .. page.Raw];
        parts["v1"].ShouldBe(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Installation.Secret), signed)));
    }
}
