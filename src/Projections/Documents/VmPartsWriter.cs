using System.Text.Json;
using Qualm.Model;

namespace Qualm.Projections;

/// <summary>Writes the parts of a VM's picture that have objects of their own.</summary>
internal static class VmPartsWriter
{
    public static void Write(Utf8JsonWriter json, VmState vm)
    {
        WriteMonitor(json, vm.Monitor);
        WritePanics(json, vm.Panics);
        WriteMigration(json, vm.Migration);
        WriteJobs(json, vm.Jobs);
        WriteBalloon(json, vm.Balloon);
        WriteDump(json, vm.Dump);
        WriteQuorum(json, vm.Quorum);
        WritePorts(json, vm.Ports);
        WriteUnplug(json, vm.Unplug);
        WriteDisks(json, vm.Disks);
    }

    private static void WriteMonitor(Utf8JsonWriter json, MonitorState monitor)
    {
        json.WriteStartObject("monitor");
        json.WriteBoolean("known", monitor.Known);
        json.WriteBoolean("connected", monitor.Connected);
        json.Time("since", monitor.Since);
        json.WriteNumber("losses", monitor.Losses);
        json.WriteString("source", monitor.Source);
        WriteGap(json, monitor.Gap);
        json.WriteEndObject();
    }

    private static void WriteGap(Utf8JsonWriter json, GapState gap)
    {
        json.WriteStartObject("gap");
        json.WriteBoolean("open", gap.Open);
        json.Time("began_at", gap.BeganAt);
        json.WriteString("status_before", gap.StatusBefore);
        json.Time("ended_at", gap.EndedAt);
        json.Time("ended_stamp", gap.EndedStamp);
        json.WriteNumber("ended_by", gap.EndedBy.Value);
        json.WriteEndObject();
    }

    private static void WritePanics(Utf8JsonWriter json, PanicState panics)
    {
        json.WriteStartObject("panics");
        json.WriteNumber("count", panics.Count);
        json.Time("last_at", panics.LastAt);
        json.WriteString("last_action", panics.LastAction);
        json.WriteBoolean("panicked", panics.Panicked);
        json.WriteNumber("crash_loaded", panics.CrashLoaded);
        json.WriteEndObject();
    }

    private static void WriteMigration(Utf8JsonWriter json, MigrationState migration)
    {
        json.WriteStartObject("migration");
        json.WriteBoolean("known", migration.Known);
        json.WriteString("status", migration.Status);
        json.Time("since", migration.Since);
        json.WriteBoolean("active", migration.Active);
        json.WriteNumber("passes", migration.Passes);
        json.WriteEndObject();
    }

    private static void WriteJobs(Utf8JsonWriter json, JobsState jobs)
    {
        json.WriteStartObject("jobs");
        json.WriteStartObject("by_id");
        foreach (var (id, job) in jobs.ById)
        {
            json.WriteStartObject(id);
            json.WriteString("status", job.Status);
            json.WriteString("type", job.Type);
            json.Time("since", job.Since);
            json.Time("changed_at", jobs.ById.ChangedAt(id));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteNumber("running", jobs.Running);
        json.WriteNumber("completed", jobs.Completed);
        json.WriteNumber("failed", jobs.Failed);
        json.WriteNumber("cancelled", jobs.Cancelled);
        json.WriteNumber("errors", jobs.Errors);
        json.WriteString("last_error", jobs.LastError);
        json.WriteEndObject();
    }

    private static void WriteBalloon(Utf8JsonWriter json, BalloonState balloon)
    {
        json.WriteStartObject("balloon");
        json.WriteBoolean("known", balloon.Known);
        json.WriteNumber("actual", balloon.Actual);
        json.Time("last_at", balloon.LastAt);
        json.WriteEndObject();
    }

    private static void WriteDump(Utf8JsonWriter json, DumpState dump)
    {
        json.WriteStartObject("dump");
        json.WriteBoolean("known", dump.Known);
        json.WriteString("status", dump.Status);
        json.WriteString("error", dump.Error);
        json.WriteNumber("completed", dump.Completed);
        json.WriteNumber("total", dump.Total);
        json.Time("last_at", dump.LastAt);
        json.WriteEndObject();
    }

    private static void WriteQuorum(Utf8JsonWriter json, QuorumState quorum)
    {
        json.WriteStartObject("quorum");
        json.WriteStartObject("children");
        foreach (var (name, child) in quorum.Children)
        {
            json.WriteStartObject(name);
            json.WriteNumber("bad", child.Bad);
            json.WriteString("last_type", child.LastType);
            json.WriteString("last_error", child.LastError);
            json.Time("last_at", child.LastAt);
            json.Time("changed_at", quorum.Children.ChangedAt(name));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteNumber("failures", quorum.Failures);
        json.Time("last_failure_at", quorum.LastFailureAt);
        json.WriteEndObject();
    }

    private static void WritePorts(Utf8JsonWriter json, PortsState ports)
    {
        json.WriteStartObject("ports");
        json.WriteStartObject("open");
        foreach (var (id, open) in ports.Open)
        {
            json.WriteStartObject(id);
            json.WriteBoolean("open", open);
            json.Time("changed_at", ports.Open.ChangedAt(id));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteBoolean("agent_known", ports.AgentKnown);
        json.WriteBoolean("agent_connected", ports.AgentConnected);
        json.Time("agent_since", ports.AgentSince);
        json.WriteEndObject();
    }

    private static void WriteUnplug(Utf8JsonWriter json, UnplugState unplug)
    {
        json.WriteStartObject("unplug");
        json.WriteNumber("errors", unplug.Errors);
        json.WriteString("last_device", unplug.LastDevice);
        json.WriteString("last_message", unplug.LastMessage);
        json.Time("last_at", unplug.LastAt);
        json.WriteEndObject();
    }

    private static void WriteDisks(Utf8JsonWriter json, DisksState disks)
    {
        json.WriteStartObject("disks");
        json.WriteStartObject("by_name");
        foreach (var (name, disk) in disks.ByName)
        {
            json.WriteStartObject(name);
            json.WriteNumber("errors", disk.Errors);
            json.WriteBoolean("no_space", disk.NoSpace);
            json.WriteBoolean("corrupted", disk.Corrupted);
            json.WriteString("last_reason", disk.LastReason);
            json.Time("last_at", disk.LastAt);
            json.Time("changed_at", disks.ByName.ChangedAt(name));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteNumber("io_errors", disks.IoErrors);
        json.WriteNumber("corruptions", disks.Corruptions);
        json.WriteEndObject();
    }
}
