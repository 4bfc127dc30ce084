using System.Text.Json;
using Qualm.Model;

namespace Qualm.Projections;

/// <summary>Reads what <see cref="VmPartsWriter"/> wrote, in its order.</summary>
internal static class VmPartsReader
{
    public static void Read(JsonElement from, VmState vm)
    {
        ReadMonitor(from.Part("monitor"), vm);
        ReadPanics(from.Part("panics"), vm);
        ReadMigration(from.Part("migration"), vm);
        ReadJobs(from.Part("jobs"), vm);
        ReadBalloon(from.Part("balloon"), vm);
        ReadDump(from.Part("dump"), vm);
        ReadQuorum(from.Part("quorum"), vm);
        ReadPorts(from.Part("ports"), vm);
        ReadUnplug(from.Part("unplug"), vm);
        ReadDisks(from.Part("disks"), vm);
    }

    private static void ReadMonitor(JsonElement from, VmState vm)
    {
        if (!from.Flag("known")) return;
        var monitor = vm.MonitorForChange;
        monitor.Known = true;
        monitor.Connected = from.Flag("connected");
        monitor.Since = from.Time("since");
        monitor.Losses = from.Number("losses");
        monitor.Source = from.Text("source");
        var gap = from.Part("gap");
        if (!gap.Flag("open") && gap.Number("ended_by") == 0 && gap.Text("status_before").Length == 0) return;
        monitor.GapForChange.Open = gap.Flag("open");
        monitor.GapForChange.BeganAt = gap.Time("began_at");
        monitor.GapForChange.StatusBefore = gap.Text("status_before");
        monitor.GapForChange.EndedAt = gap.Time("ended_at");
        monitor.GapForChange.EndedStamp = gap.Time("ended_stamp");
        monitor.GapForChange.EndedBy = new Position(gap.Number("ended_by"));
    }

    private static void ReadPanics(JsonElement from, VmState vm)
    {
        if (from.Number("count") == 0 && from.Number("crash_loaded") == 0 && !from.Flag("panicked")) return;
        var panics = vm.PanicsForChange;
        panics.Count = from.Number("count");
        panics.LastAt = from.Time("last_at");
        panics.LastAction = from.Text("last_action");
        panics.Panicked = from.Flag("panicked");
        panics.CrashLoaded = from.Number("crash_loaded");
    }

    private static void ReadMigration(JsonElement from, VmState vm)
    {
        if (!from.Flag("known")) return;
        var migration = vm.MigrationForChange;
        migration.Known = true;
        migration.Status = from.Text("status", "none");
        migration.Since = from.Time("since");
        migration.Active = from.Flag("active");
        migration.Passes = from.Number("passes");
    }

    private static void ReadJobs(JsonElement from, VmState vm)
    {
        foreach (var job in from.Part("by_id").EnumerateObject())
        {
            var state = new JobState
            {
                Status = job.Value.Text("status", "undefined"),
                Type = job.Value.Text("type"),
                Since = job.Value.Time("since"),
            };
            vm.JobsForChange.ById.Set(job.Name, state, job.Value.Time("changed_at"));
        }

        var (completed, failed) = (from.Number("completed"), from.Number("failed"));
        var (cancelled, errors) = (from.Number("cancelled"), from.Number("errors"));
        if ((completed | failed | cancelled | errors) == 0) return;
        var jobs = vm.JobsForChange;
        jobs.Completed = completed;
        jobs.Failed = failed;
        jobs.Cancelled = cancelled;
        jobs.Errors = errors;
        jobs.LastError = from.Text("last_error");
    }

    private static void ReadBalloon(JsonElement from, VmState vm)
    {
        if (!from.Flag("known")) return;
        var balloon = vm.BalloonForChange;
        balloon.Known = true;
        balloon.Actual = from.Number("actual");
        balloon.LastAt = from.Time("last_at");
    }

    private static void ReadDump(JsonElement from, VmState vm)
    {
        if (!from.Flag("known")) return;
        var dump = vm.DumpForChange;
        dump.Known = true;
        dump.Status = from.Text("status", "none");
        dump.Error = from.Text("error");
        dump.Completed = from.Number("completed");
        dump.Total = from.Number("total");
        dump.LastAt = from.Time("last_at");
    }

    private static void ReadQuorum(JsonElement from, VmState vm)
    {
        foreach (var child in from.Part("children").EnumerateObject())
        {
            var state = new QuorumChildState
            {
                Bad = child.Value.Number("bad"),
                LastType = child.Value.Text("last_type"),
                LastError = child.Value.Text("last_error"),
                LastAt = child.Value.Time("last_at"),
            };
            vm.QuorumForChange.Children.Set(child.Name, state, child.Value.Time("changed_at"));
        }

        if (from.Number("failures") == 0) return;
        vm.QuorumForChange.Failures = from.Number("failures");
        vm.QuorumForChange.LastFailureAt = from.Time("last_failure_at");
    }

    private static void ReadPorts(JsonElement from, VmState vm)
    {
        foreach (var port in from.Part("open").EnumerateObject())
        {
            vm.PortsForChange.Open.Set(port.Name, port.Value.Flag("open"), port.Value.Time("changed_at"));
        }

        if (!from.Flag("agent_known")) return;
        vm.PortsForChange.AgentKnown = true;
        vm.PortsForChange.AgentConnected = from.Flag("agent_connected");
        vm.PortsForChange.AgentSince = from.Time("agent_since");
    }

    private static void ReadUnplug(JsonElement from, VmState vm)
    {
        if (from.Number("errors") == 0) return;
        var unplug = vm.UnplugForChange;
        unplug.Errors = from.Number("errors");
        unplug.LastDevice = from.Text("last_device");
        unplug.LastMessage = from.Text("last_message");
        unplug.LastAt = from.Time("last_at");
    }

    private static void ReadDisks(JsonElement from, VmState vm)
    {
        foreach (var disk in from.Part("by_name").EnumerateObject())
        {
            var state = new DiskState
            {
                Errors = disk.Value.Number("errors"),
                NoSpace = disk.Value.Flag("no_space"),
                Corrupted = disk.Value.Flag("corrupted"),
                LastReason = disk.Value.Text("last_reason"),
                LastAt = disk.Value.Time("last_at"),
            };
            vm.DisksForChange.ByName.Set(disk.Name, state, disk.Value.Time("changed_at"));
        }

        if (from.Number("io_errors") == 0 && from.Number("corruptions") == 0) return;
        vm.DisksForChange.IoErrors = from.Number("io_errors");
        vm.DisksForChange.Corruptions = from.Number("corruptions");
    }
}
