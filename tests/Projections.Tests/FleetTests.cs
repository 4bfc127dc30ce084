using System.Text;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Projections.Tests;

public class FleetTests
{
    [Fact]
    public void A_VM_is_found_by_bytes_and_by_text()
    {
        var fleet = new Fleet();
        var vm = fleet.GetOrAddVm("bücher-😀"u8);
        fleet.FindVm("bücher-😀").ShouldBeSameAs(vm);
        fleet.GetOrAddVm("bücher-😀".AsSpan()).ShouldBeSameAs(vm);
        fleet.FindVm("bücher"u8).ShouldBeNull();
        fleet.VmAt(vm.Index).ShouldBeSameAs(vm);
        var name = new string('x', 1000);
        fleet.GetOrAddVm(Encoding.UTF8.GetBytes(name)).Id.ShouldBe(name);
    }

    [Fact]
    public void VMs_come_in_ordinal_order_however_they_were_added()
    {
        var fleet = new Fleet();
        foreach (var id in new[] { "b", "Z", "a", "ä" }) fleet.GetOrAddVm(id);
        fleet.Vms.Select(vm => vm.Id).ShouldBe(["Z", "a", "b", "ä"]);
        fleet.GetOrAddVm("A");
        fleet.Vms.Select(vm => vm.Id).ShouldBe(["A", "Z", "a", "b", "ä"]);
    }

    [Fact]
    public void A_VM_must_have_a_name() => Should.Throw<ArgumentException>(() => new Fleet().GetOrAddVm(""u8));

    [Fact]
    public void A_VM_of_which_little_is_known_costs_little()
    {
        var fleet = new Fleet();
        fleet.GetOrAddVm("warm");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var vms = Enumerable.Range(0, 1000).Select(i => new VmState("vm", i)).ToArray();
        ((GC.GetAllocatedBytesForCurrentThread() - before) / vms.Length).ShouldBeLessThan(400);
    }

    [Fact]
    public void Folding_what_is_known_by_name_allocates_nothing()
    {
        var some = new Some();
        var messages = Messages().ToArray();
        for (var i = 0; i < 50; i++) Round(some, messages);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++) Round(some, messages);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static void Round(Some some, byte[][] messages)
    {
        foreach (var message in messages) some.Feed(message, Some.Start, "h1");
    }

    private static IEnumerable<byte[]> Messages()
    {
        foreach (var capture in Captures.Names)
        {
            foreach (var line in Captures.Lines(capture))
            {
                // A new process of a VM may cost a little; what goes on within one may not.
                if (!line.AsSpan().StartsWith("{\"timestamp\""u8) || line.AsSpan().IndexOf("SHUTDOWN"u8) >= 0) continue;
                var slots = new MemberSlot[QmpCatalogue.Instance.MostSlots];
                EventDecoder.TryDecode(line, QmpCatalogue.Instance, slots, out var decoded).ShouldBeTrue();
                if (!decoded.Altered) yield return line;
            }
        }
    }
}
