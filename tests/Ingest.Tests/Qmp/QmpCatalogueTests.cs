using System.Text;
using System.Text.Json;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Ingest.Tests.Qmp;

public sealed class QmpCatalogueTests
{
    private static readonly EventCatalogue Catalogue = QmpCatalogue.Instance;

    [Fact]
    public void Every_event_QEMU_ever_defined_is_known_and_six_of_our_own()
    {
        Catalogue.Events.Length.ShouldBe(59 + 6);
        Catalogue.Events.Count(e => e.Category == "monitor").ShouldBe(6);
    }

    [Fact]
    public void Every_event_is_found_by_its_bytes()
    {
        foreach (var known in Catalogue.Events) Catalogue.Find(Encoding.ASCII.GetBytes(known.Name)).ShouldBeSameAs(known);
    }

    [Fact]
    public void Names_are_matched_exactly() => Catalogue.Find("stop"u8).ShouldBeNull();

    [Fact]
    public void Slots_are_numbered_depth_first_without_holes()
    {
        foreach (var known in Catalogue.Events)
            Flat(known.Members).Select(m => m.Slot).ShouldBe(Enumerable.Range(0, known.SlotCount), known.Name);
    }

    [Fact]
    public void Members_know_their_path_type_and_values()
    {
        var ost = Catalogue.Find("ACPI_DEVICE_OST")!;
        ost.Find("info")!.Type.ShouldBe(MemberType.Object);
        var slotType = ost.Find("info.slot_type")!;
        slotType.Path.ShouldBe("info.slot-type");
        slotType.Type.ShouldBe(MemberType.Enum);
        slotType.Values.ShouldBe(["DIMM", "CPU"]);
        ost.Find("info.device")!.Optional.ShouldBeTrue();
        Catalogue.Find("BLOCK_WRITE_THRESHOLD")!.Find("write-threshold")!.Type.ShouldBe(MemberType.UInt);
        Catalogue.Find("VSERPORT_CHANGE")!.Find("open")!.Type.ShouldBe(MemberType.Bool);
        Catalogue.Find("RTC_CHANGE")!.Find("offset")!.Type.ShouldBe(MemberType.Int);
    }

    [Fact]
    public void A_union_has_the_members_of_its_base_and_of_all_branches_once()
    {
        var info = Catalogue.Find("GUEST_PANICKED")!.Find("info")!;
        info.Members[0].Name.ShouldBe("type");
        info.Members[0].Optional.ShouldBeFalse();
        info.Members.Skip(1).ShouldAllBe(m => m.Optional);
        info.Members.Select(m => m.Name).ShouldContain("psw-addr");

        var addr = Catalogue.Find("NETDEV_STREAM_CONNECTED")!.Find("addr")!;
        addr.Members.Count(m => m.Name == "port").ShouldBe(1);
    }

    [Fact]
    public void Members_that_came_late_are_optional()
    {
        Catalogue.Find("QUORUM_REPORT_BAD")!.Find("type")!.Optional.ShouldBeTrue();
        Catalogue.Find("BLOCK_IO_ERROR")!.Find("qom-path")!.Optional.ShouldBeTrue();
        Catalogue.Find("QUORUM_REPORT_BAD")!.Find("node-name")!.Optional.ShouldBeFalse();
    }

    [Fact]
    public void The_eras_name_only_members_that_exist()
    {
        using var stream = typeof(QmpCatalogue).Assembly.GetManifestResourceStream("Catalogue/member-eras.json")!;
        using var eras = JsonDocument.Parse(stream);
        foreach (var item in eras.RootElement.EnumerateObject())
        {
            foreach (var member in item.Value.EnumerateArray()) Catalogue.Find(item.Name)!.Find(member.GetString()!).ShouldNotBeNull();
        }
    }

    [Fact]
    public void Rate_limits_tell_their_period_and_key()
    {
        Catalogue.Find("QUORUM_REPORT_BAD")!.RateLimit.ShouldBe(new(TimeSpan.FromSeconds(1), "node-name"));
        Catalogue.Find("WATCHDOG")!.RateLimit.ShouldBe(new(TimeSpan.FromSeconds(1), null));
        Catalogue.Find("STOP")!.RateLimit.ShouldBeNull();
    }

    private static IEnumerable<MemberSchema> Flat(IEnumerable<MemberSchema> members) =>
        members.SelectMany(m => Flat(m.Members).Prepend(m));
}
