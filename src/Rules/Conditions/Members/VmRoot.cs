using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>What <c>vm</c> offers: the projection after the event.</summary>
internal static class VmRoot
{
    private static readonly CelType JobType = CelType.ObjectOf("job");
    private static readonly CelType DiskType = CelType.ObjectOf("disk");
    private static readonly CelType ChildType = CelType.ObjectOf("quorum child");

    public static readonly ObjectMember Member = new(
        "vm",
        VmMember.Text("vm.id", static v => v.Id),
        VmMember.Text("vm.name", static v => v.Name),
        VmMember.Text("vm.uuid", static v => v.Uuid),
        VmMember.Text("vm.qemu_version", static v => v.QemuVersion),
        VmMember.Text("vm.host", static v => v.Host?.Id),
        VmMember.Text("vm.status", static v => v.Status),
        VmMember.Time("vm.since", static v => v.Since),
        new VmTable<string>("vm.labels", CelType.String, static v => v.Labels, CelValue.Of),
        VmMember.Int("vm.panics", static v => v.Panics.Count),
        VmMember.Bool("vm.panicked", static v => v.Panics.Panicked),
        VmMember.Text("vm.panic_action", static v => v.Panics.LastAction),
        VmMember.Time("vm.panic_at", static v => v.Panics.LastAt),
        VmMember.Int("vm.crash_loaded", static v => v.Panics.CrashLoaded),
        VmMember.Int("vm.resets", static v => v.Resets),
        VmMember.Int("vm.watchdogs", static v => v.Watchdogs),
        VmMember.Int("vm.events", static v => v.Events),
        VmMember.Time("vm.last_at", static v => v.LastAt),
        new ObjectMember(
            "vm.migration",
            VmMember.Bool("vm.migration.known", static v => v.Migration.Known),
            VmMember.Bool("vm.migration.active", static v => v.Migration.Active),
            VmMember.Text("vm.migration.status", static v => v.Migration.Status),
            VmMember.Time("vm.migration.since", static v => v.Migration.Since),
            VmMember.Int("vm.migration.passes", static v => v.Migration.Passes)),
        new ObjectMember(
            "vm.jobs",
            VmMember.Int("vm.jobs.running", static v => v.Jobs.Running),
            VmMember.Int("vm.jobs.completed", static v => v.Jobs.Completed),
            VmMember.Int("vm.jobs.failed", static v => v.Jobs.Failed),
            VmMember.Int("vm.jobs.cancelled", static v => v.Jobs.Cancelled),
            VmMember.Int("vm.jobs.errors", static v => v.Jobs.Errors),
            VmMember.Text("vm.jobs.last_error", static v => v.Jobs.LastError),
            new VmTable<JobState>("vm.jobs.by_id", JobType, static v => v.Jobs.ById, Job)),
        new ObjectMember(
            "vm.disks",
            VmMember.Int("vm.disks.io_errors", static v => v.Disks.IoErrors),
            VmMember.Int("vm.disks.corruptions", static v => v.Disks.Corruptions),
            new VmTable<DiskState>("vm.disks.by_name", DiskType, static v => v.Disks.ByName, Disk)),
        new ObjectMember(
            "vm.balloon",
            VmMember.Bool("vm.balloon.known", static v => v.Balloon.Known),
            VmMember.Int("vm.balloon.actual", static v => v.Balloon.Actual),
            VmMember.Time("vm.balloon.last_at", static v => v.Balloon.LastAt)),
        new ObjectMember(
            "vm.agent",
            VmMember.Bool("vm.agent.known", static v => v.Ports.AgentKnown),
            VmMember.Bool("vm.agent.connected", static v => v.Ports.AgentConnected),
            VmMember.Time("vm.agent.since", static v => v.Ports.AgentSince)),
        new ObjectMember(
            "vm.monitor",
            VmMember.Bool("vm.monitor.known", static v => v.Monitor.Known),
            VmMember.Bool("vm.monitor.connected", static v => v.Monitor.Connected),
            VmMember.Time("vm.monitor.since", static v => v.Monitor.Since),
            VmMember.Int("vm.monitor.losses", static v => v.Monitor.Losses),
            VmMember.Text("vm.monitor.source", static v => v.Monitor.Source)),
        new ObjectMember(
            "vm.dump",
            VmMember.Bool("vm.dump.known", static v => v.Dump.Known),
            VmMember.Text("vm.dump.status", static v => v.Dump.Status),
            VmMember.Text("vm.dump.error", static v => v.Dump.Error),
            VmMember.Int("vm.dump.completed", static v => v.Dump.Completed),
            VmMember.Int("vm.dump.total", static v => v.Dump.Total),
            VmMember.Time("vm.dump.last_at", static v => v.Dump.LastAt)),
        new ObjectMember(
            "vm.quorum",
            VmMember.Int("vm.quorum.failures", static v => v.Quorum.Failures),
            VmMember.Time("vm.quorum.last_failure_at", static v => v.Quorum.LastFailureAt),
            new VmTable<QuorumChildState>("vm.quorum.children", ChildType, static v => v.Quorum.Children, Child)),
        new ObjectMember("vm.ports", new VmTable<bool>("vm.ports.open", CelType.Bool, static v => v.Ports.Open, CelValue.Of)),
        new ObjectMember(
            "vm.unplug",
            VmMember.Int("vm.unplug.errors", static v => v.Unplug.Errors),
            VmMember.Text("vm.unplug.last_device", static v => v.Unplug.LastDevice),
            VmMember.Text("vm.unplug.last_message", static v => v.Unplug.LastMessage),
            VmMember.Time("vm.unplug.last_at", static v => v.Unplug.LastAt)));

    private static CelValue Job(JobState job) =>
        CelValue.OfMap(CelMap.Of(("status", CelValue.Of(job.Status)), ("type", CelValue.Of(job.Type)), ("since", CelValue.Of(job.Since))));

    private static CelValue Disk(DiskState disk) => CelValue.OfMap(CelMap.Of(
        ("errors", CelValue.Of(disk.Errors)), ("no_space", CelValue.Of(disk.NoSpace)), ("corrupted", CelValue.Of(disk.Corrupted)),
        ("last_reason", CelValue.Of(disk.LastReason)), ("last_at", CelValue.Of(disk.LastAt))));

    private static CelValue Child(QuorumChildState child) => CelValue.OfMap(CelMap.Of(
        ("bad", CelValue.Of(child.Bad)), ("last_type", CelValue.Of(child.LastType)), ("last_error", CelValue.Of(child.LastError)), ("last_at", CelValue.Of(child.LastAt))));
}
