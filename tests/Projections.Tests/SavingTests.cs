using System.Collections;
using System.Reflection;
using FsCheck;
using FsCheck.Fluent;
using Qualm.Model;

namespace Qualm.Projections.Tests;

/// <summary>A fleet that was written down and taken up again is the fleet it was.</summary>
public class SavingTests
{
    private static readonly (string Name, string? Data)[] Kinds =
    [
        ("RESUME", null), ("STOP", null), ("SUSPEND", null), ("WAKEUP", null),
        ("RESET", "{'guest':true,'reason':'guest-reset'}"), ("SHUTDOWN", "{'guest':true,'reason':'guest-shutdown'}"), ("SHUTDOWN", "{'guest':false,'reason':'host-qmp-quit'}"),
        ("GUEST_PANICKED", "{'action':'pause'}"), ("GUEST_PANICKED", "{'action':'run'}"), ("GUEST_CRASHLOADED", "{'action':'run'}"), ("WATCHDOG", "{'action':'pause'}"),
        ("BALLOON_CHANGE", "{'actual':1073741824}"), ("MIGRATION", "{'status':'active'}"), ("MIGRATION", "{'status':'completed'}"), ("MIGRATION_PASS", "{'pass':3}"),
        ("JOB_STATUS_CHANGE", "{'id':'j1','status':'running'}"), ("JOB_STATUS_CHANGE", "{'id':'j1','status':'concluded'}"), ("JOB_STATUS_CHANGE", "{'id':'j2','status':'created'}"),
        ("BLOCK_JOB_READY", "{'type':'mirror','device':'j2','len':1,'offset':1,'speed':0}"), ("BLOCK_JOB_COMPLETED", "{'type':'mirror','device':'j2','len':1,'offset':1,'speed':0,'error':'broken'}"),
        ("BLOCK_JOB_CANCELLED", "{'type':'mirror','device':'j1','len':1,'offset':1,'speed':0}"), ("BLOCK_JOB_ERROR", "{'device':'j1','operation':'read','action':'report'}"),
        ("BLOCK_IO_ERROR", "{'device':'vd0','operation':'read','action':'stop','reason':'Input/output error','nospace':false}"),
        ("BLOCK_IO_ERROR", "{'device':'vd1','operation':'write','action':'report','reason':'No space left','nospace':true}"),
        ("BLOCK_IMAGE_CORRUPTED", "{'device':'vd0','msg':'bad','fatal':true}"),
        ("QUORUM_REPORT_BAD", "{'type':'read','node-name':'n0','sector-num':1,'sectors-count':8,'error':'EIO'}"), ("QUORUM_FAILURE", "{'reference':'q','sector-num':1,'sectors-count':8}"),
        ("VSERPORT_CHANGE", "{'id':'org.qemu.guest_agent.0','open':true}"), ("VSERPORT_CHANGE", "{'id':'p1','open':false}"),
        ("DEVICE_UNPLUG_GUEST_ERROR", "{'device':'nic0','path':'/machine/nic0'}"), ("MEM_UNPLUG_ERROR", "{'device':'dimm0','msg':'acpi refused'}"),
        ("DUMP_COMPLETED", "{'result':{'status':'failed','completed':5,'total':10},'error':'disk full'}"),
        ("MONITOR_CONNECTED", "{'source':'unix:/run/a','name':'alpha','uuid':'u-1','version':'7.2.22'}"), ("MONITOR_LOST", "{'source':'unix:/run/a'}"),
        ("STATE_RESYNCED", "{'status':'running','running':true,'name':'alpha'}"), ("STATE_RESYNCED", "{'status':'paused','running':false}"),
        ("SOMETHING_NEW", "{'x':1}"),
    ];

    [Fact]
    public void Saved_and_taken_up_at_any_place_a_fleet_ends_as_if_it_had_gone_straight_through()
    {
        var steps = ArbMap.Default.ArbFor<(byte Kind, byte Vm, byte Host, byte Seconds, byte How)[]>();
        var cuts = ArbMap.Default.ArbFor<byte>();
        Prop.ForAll(steps, cuts, (all, cut) =>
        {
            var (straight, before) = (new Some(), new Some());
            var at = all.Length == 0 ? 0 : cut % (all.Length + 1);
            foreach (var step in all) Tell(straight, step);
            foreach (var step in all[..at]) Tell(before, step);
            var saved = Save(before.Fleet);
            var after = before.GoingOnIn(Restore(saved));
            Save(after.Fleet).ShouldBe(saved);
            foreach (var step in all[at..]) Tell(after, step);
            after.Picture().ShouldBe(straight.Picture());
            Save(after.Fleet).ShouldBe(Save(straight.Fleet));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Every_member_of_a_VM_and_a_host_is_saved()
    {
        var fleet = new Fleet();
        fleet.GetOrAddHost("other");
        var (host, vm) = (fleet.GetOrAddHost("h"), fleet.GetOrAddVm("a"));
        var number = 0;
        Fill(host, fleet, ref number);
        Fill(vm, fleet, ref number);
        number.ShouldBeGreaterThan(60);
        var restored = Restore(Save(fleet));
        var lines = Describe(restored.VmAt(0)).Concat(Describe(restored.HostAt(1))).ToArray();
        lines.ShouldBe(Describe(vm).Concat(Describe(host)));
        lines.Length.ShouldBeGreaterThan(60);
    }

    [Fact]
    public void VMs_and_hosts_keep_their_indices_and_lone_surrogates_their_form()
    {
        var some = new Some();
        foreach (var id in (string[])["z", "b", "\ud800", "a-name-that-is-far-too-long-for-the-table-itself"]) some.Happens("RESUME", 1, host: "h" + id, vm: id);
        var fleet = some.Fleet;
        var restored = Restore(Save(fleet));
        for (var i = 0; i < fleet.VmCount; i++) (restored.VmAt(i).Id, restored.VmAt(i).Host!.Id, restored.HostAt(i).Index).ShouldBe((fleet.VmAt(i).Id, fleet.HostAt(i).Id, i));
        restored.FindVm("\ud800").ShouldBeSameAs(restored.VmAt(2));
        restored.Vms.Select(vm => vm.Id).ShouldBe(fleet.Vms.Select(vm => vm.Id));
    }

    [Fact]
    public void Damaged_bytes_are_refused_or_make_some_fleet_and_nothing_else()
    {
        var some = new Some();
        foreach (var kind in Kinds) some.Happens(kind.Name, 1, kind.Data, host: "h1");
        var saved = Save(some.Fleet);
        var random = new System.Random(11);
        for (var i = 0; i < 2_000; i++)
        {
            var damaged = i % 4 == 0 ? saved[..random.Next(saved.Length)] : (byte[])saved.Clone();
            if (i % 4 != 0) damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                Restore(damaged);
            }
            catch (StateFormatException)
            {
                // As it should be.
            }
        }
    }

    private static void Tell(Some some, (byte Kind, byte Vm, byte Host, byte Seconds, byte How) step)
    {
        var (name, data) = Kinds[step.Kind % Kinds.Length];
        some.Happens(
            name, step.Seconds, data, (step.Host % 5) switch { 0 => "h1", 1 => "h2", _ => null }, $"vm-{step.Vm % 3}", 1 + (step.How % 3),
            onlyNewer: step.How % 11 == 0, marks: step.How % 7 == 0 ? EventMarks.Late : EventMarks.None);
    }

    private static byte[] Save(Fleet fleet)
    {
        var writer = new StateWriter();
        fleet.Save(writer);
        return [.. writer.Pieces.SelectMany(piece => piece.ToArray())];
    }

    private static Fleet Restore(byte[] saved) => Fleet.Restore(new StateReader([saved]));

    // Gives every settable member below an object a value of its own, and makes every part that is made when it is changed.
    private static void Fill(object state, Fleet fleet, ref int number)
    {
        foreach (var member in Members(state.GetType()))
        {
            if (member.Name.EndsWith("ForChange", StringComparison.Ordinal)) Fill(member.GetValue(state)!, fleet, ref number);
            else if (member.GetValue(state) is { } value && value.GetType().Name.StartsWith("NamedStates", StringComparison.Ordinal)) FillNamed(value, fleet, ref number);
            else if (member.SetMethod is { IsPrivate: false } && !IsLeftOut(state, member)) member.SetValue(state, Value(member.PropertyType, fleet, ++number));
        }

        if (state is LastEvents) Method(state, "Add").Invoke(state, [new LastEvent($"E{++number}", new Instant(++number), new Position(++number))]);
    }

    private static void FillNamed(object named, Fleet fleet, ref int number)
    {
        var type = named.GetType().GetGenericArguments()[0];
        var value = type == typeof(bool) ? true : Activator.CreateInstance(type)!;
        if (type != typeof(bool)) Fill(value, fleet, ref number);
        Method(named, "Set").Invoke(named, [$"n{++number}", value, new Instant(++number)]);
    }

    private static object Value(Type type, Fleet fleet, int number) =>
        type == typeof(string) ? $"text {number}"
        : type == typeof(long) ? (long)number
        : type == typeof(int) ? number
        : type == typeof(bool) ? true
        : type == typeof(Instant) ? new Instant(number)
        : type == typeof(Position) ? new Position(number)
        : type.IsEnum ? Enum.ToObject(type, 8)
        : type == typeof(HostState) ? fleet.HostAt(1)
        : throw new NotSupportedException($"a value of {type}: say here how to make one, and save it in Fleet.Save");

    private static IEnumerable<string> Describe(object state, string path = "")
    {
        foreach (var member in Members(state.GetType()).Where(m => !m.Name.EndsWith("ForChange", StringComparison.Ordinal) && !IsLeftOut(state, m)))
        {
            var (value, name) = (member.GetValue(state), $"{path}.{member.Name}");
            switch (value)
            {
                case null or string or ValueType:
                    yield return $"{name} = {value}";
                    break;
                case HostState host when state is VmState:
                    yield return $"{name} = {host.Id}";
                    break;
                case LastEvents last:
                    foreach (var e in last) yield return $"{name} = {e}";
                    break;
                case IEnumerable entries:
                    foreach (var entry in entries)
                    {
                        var (key, part) = ((string)entry.GetType().GetProperty("Key")!.GetValue(entry)!, entry.GetType().GetProperty("Value")!.GetValue(entry)!);
                        yield return $"{name}[{key}] changed {ChangedAt(value, key)}";
                        if (part is ValueType) yield return $"{name}[{key}] = {part}";
                        else foreach (var line in Describe(part, $"{name}[{key}]")) yield return line;
                    }

                    break;
                default:
                    foreach (var line in Describe(value, name)) yield return line;
                    break;
            }
        }
    }

    private static MethodInfo Method(object state, string name) => state.GetType().GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic)!;

    private static Instant ChangedAt(object named, string key) => named switch
    {
        NamedStates<bool> states => states.ChangedAt(key),
        NamedStates<JobState> states => states.ChangedAt(key),
        NamedStates<DiskState> states => states.ChangedAt(key),
        NamedStates<QuorumChildState> states => states.ChangedAt(key),
        _ => throw new NotSupportedException($"{named.GetType()}: say here how to read it, and save it in Fleet.Save"),
    };

    // Labels are configuration; a spare job is memory.
    private static bool IsLeftOut(object state, PropertyInfo member) =>
        (state is VmState && member.Name == nameof(VmState.Labels)) || (state is JobsState && member.Name == "Spare");

    private static IEnumerable<PropertyInfo> Members(Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Where(p => p.GetIndexParameters().Length == 0).OrderBy(p => p.Name, StringComparer.Ordinal);
}
