using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Commands;

/// <summary>The first thing a newcomer runs.</summary>
public sealed class DemoTests
{
    [PostgresFact]
    public async Task The_demo_pages_for_a_panic_ends_by_itself_and_leaves_nothing_behind()
    {
        await using var site = await Installation.MakeAsync();
        var before = Directory.GetFileSystemEntries(site.Workspace.Folder);
        var demo = (await site.Start("demo", "--seconds", "15").EndAsync(TimeSpan.FromSeconds(75))).ShouldExit(0);
        demo.Text.ShouldContain("GuestPanicked");
        demo.Text.ShouldNotContain("\u001b[", Case.Sensitive, "output that is no terminal has no colours");
        site.Workspace.Processes().ShouldBeEmpty();
        Directory.GetFileSystemEntries(site.Workspace.Folder).ShouldBe(before);
    }

    [PostgresFact]
    public async Task A_demo_that_is_interrupted_leaves_nothing_behind()
    {
        await using var site = await Installation.MakeAsync();
        var before = Directory.GetFileSystemEntries(site.Workspace.Folder);
        var demo = site.Start("demo", "--seconds", "60");
        await demo.SaysAsync("GUEST_PANICKED");
        demo.Signal("INT");
        await demo.EndAsync(TimeSpan.FromSeconds(30));
        site.Workspace.Processes().ShouldBeEmpty();
        Directory.GetFileSystemEntries(site.Workspace.Folder).ShouldBe(before);
    }
}
