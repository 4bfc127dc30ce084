using Qualm.Model;

namespace Qualm.Projections.Tests;

public class OrderTests
{
    private readonly Some _some = new();

    [Fact]
    public void An_import_that_is_older_counts_but_does_not_change_how_the_VM_is()
    {
        _some.Happens("RESUME", 10);
        _some.Happens("RESUME", 20);
        var vm = _some.Happens("STOP", 15, onlyNewer: true);
        (vm.Status, vm.Events, vm.LastEvents.Count).ShouldBe(("running", 3, 2));
        vm.LastAt.ShouldBe(Some.Start + TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void An_import_that_is_newer_changes_it()
    {
        _some.Happens("RESUME", 10);
        _some.Happens("STOP", 15, onlyNewer: true).Status.ShouldBe("paused");
    }

    [Fact]
    public void Counters_count_imports_of_any_age()
    {
        _some.Happens("GUEST_PANICKED", 10, "{'action':'pause'}");
        _some.Happens("RESET", 12, "{'guest':true,'reason':'guest-reset'}");
        var vm = _some.Happens("GUEST_PANICKED", 5, "{'action':'run'}", onlyNewer: true);
        (vm.Panics.Count, vm.Panics.LastAction, vm.Panics.Panicked).ShouldBe((2, "pause", false));
    }

    [Fact]
    public void The_log_is_believed_where_clocks_step_back()
    {
        _some.Happens("RESUME", 30);
        _some.Happens("STOP", 10).Status.ShouldBe("paused");
    }

    [Fact]
    public void An_event_marked_late_sets_no_status_that_is_newer()
    {
        _some.Happens("RESUME", 30);
        _some.Happens("STOP", 10, marks: EventMarks.Late).Status.ShouldBe("running");
    }

    [Theory]
    [InlineData("BALLOON_CHANGE", "{'actual':1}", "{'actual':2}")]
    [InlineData("VSERPORT_CHANGE", "{'id':'org.qemu.guest_agent.0','open':true}", "{'id':'org.qemu.guest_agent.0','open':false}")]
    [InlineData("MIGRATION", "{'status':'active'}", "{'status':'failed'}")]
    [InlineData("JOB_STATUS_CHANGE", "{'id':'j','status':'running'}", "{'id':'j','status':'null'}")]
    [InlineData("DUMP_COMPLETED", "{'result':{'status':'completed','completed':1,'total':1}}", "{'result':{'status':'failed','completed':0,'total':1},'error':'x'}")]
    public void Every_part_moves_only_forward_under_an_import(string name, string newer, string older)
    {
        var expected = new Some();
        expected.Happens(name, 10, newer);
        _some.Happens(name, 10, newer);
        _some.Happens(name, 5, older, onlyNewer: true);
        Parts(_some).ShouldBe(Parts(expected));
    }

    /// <summary>All that the document says up to the counters.</summary>
    private static string Parts(Some some) => some.Picture().Split("\"resets\"")[0];
}
