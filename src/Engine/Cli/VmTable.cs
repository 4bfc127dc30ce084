using System.Globalization;
using Qualm.Model;
using Spectre.Console;

namespace Qualm.Engine.Cli;

/// <summary>VMs as a person wants to see them.</summary>
internal static class VmTable
{
    public static Table List(IEnumerable<VmState> vms)
    {
        var table = new Table { Border = TableBorder.Simple }
            .AddColumns("VM", "host", "status", "since", "monitor", "panics", "I/O errors", "jobs", "events", "last event");
        foreach (var vm in vms)
        {
            table.AddRow(
                Markup.Escape(vm.Id),
                Markup.Escape(vm.Host?.Id ?? "-"),
                Status(vm),
                Time(vm.Since),
                Monitor(vm),
                Number(vm.Panics.Count),
                Number(vm.Disks.IoErrors),
                Number(vm.Jobs.Running),
                Number(vm.Events),
                Markup.Escape(vm.LastEvents.Count == 0 ? "-" : vm.LastEvents[^1].Name));
        }

        return table;
    }

    public static Table Hosts(IEnumerable<HostState> hosts)
    {
        var table = new Table { Border = TableBorder.Simple }.AddColumns("host", "VMs", "running", "panicked", "monitors lost");
        foreach (var host in hosts)
        {
            table.AddRow(Markup.Escape(host.Id), Number(host.Vms), Number(host.RunningVms), Number(host.PanickedVms), Number(host.LostMonitors));
        }

        return table;
    }

    /// <param name="busy">The newest minute counted, if any was.</param>
    public static Grid One(VmState vm, (string Minute, long Events)? busy)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        void Row(string name, string value) => grid.AddRow($"[bold]{name}[/]", value);
        void Text(string name, string value) => Row(name, Markup.Escape(value));

        Text("VM", vm.Name == vm.Id ? vm.Id : $"{vm.Id} ({vm.Name})");
        if (vm.Uuid.Length > 0) Text("uuid", vm.Uuid);
        if (vm.QemuVersion.Length > 0) Text("QEMU", vm.QemuVersion);
        Text("host", vm.Host?.Id ?? "not known");
        Row("status", $"{Status(vm)} since {Time(vm.Since)}");
        Row("monitor", Monitor(vm) + (vm.Monitor.Known ? $" since {Time(vm.Monitor.Since)}, lost {Number(vm.Monitor.Losses)} times" : ""));
        if (vm.Labels.Count > 0) Text("labels", string.Join(", ", vm.Labels.Select(l => $"{l.Key}={l.Value}")));
        if (vm.Panics.Count > 0) Text("panics", $"{Number(vm.Panics.Count)}, the newest at {Time(vm.Panics.LastAt)} (action {vm.Panics.LastAction}){(vm.Panics.Panicked ? ", not reset since" : "")}");
        if (vm.Panics.CrashLoaded > 0) Text("crash kernels loaded", Number(vm.Panics.CrashLoaded));
        if (vm.Resets > 0) Text("resets", Number(vm.Resets));
        if (vm.Watchdogs > 0) Text("watchdogs", Number(vm.Watchdogs));
        if (vm.Migration.Known) Text("migration", $"{vm.Migration.Status} since {Time(vm.Migration.Since)}, pass {Number(vm.Migration.Passes)}");
        if (vm.Balloon.Known) Text("balloon", $"{Number(vm.Balloon.Actual)} bytes since {Time(vm.Balloon.LastAt)}");
        Jobs(vm, Text);
        if (vm.Dump.Known) Text("dump", $"{vm.Dump.Status} at {Time(vm.Dump.LastAt)} {vm.Dump.Error}".TrimEnd());
        foreach (var (node, child) in vm.Quorum.Children) Text("quorum child", $"{node}: bad data {Number(child.Bad)} times, last at {Time(child.LastAt)} ({child.LastType}) {child.LastError}".TrimEnd());
        if (vm.Quorum.Failures > 0) Text("quorum failures", $"{Number(vm.Quorum.Failures)}, the newest at {Time(vm.Quorum.LastFailureAt)}");
        foreach (var (disk, state) in vm.Disks.ByName) Text("disk", $"{disk}: {Number(state.Errors)} errors, last at {Time(state.LastAt)}{(state.NoSpace ? ", out of space" : "")}{(state.Corrupted ? ", corrupted" : "")} {state.LastReason}".TrimEnd());
        foreach (var (port, open) in vm.Ports.Open) Text("port", $"{port}: {(open ? "open" : "closed")}");
        if (vm.Unplug.Errors > 0) Text("unplug errors", $"{Number(vm.Unplug.Errors)}, the newest {vm.Unplug.LastDevice} at {Time(vm.Unplug.LastAt)} {vm.Unplug.LastMessage}".TrimEnd());
        Text("events", Number(vm.Events) + (busy is var (minute, events) ? $"; {Number(events)} in the minute from {minute}" : ""));
        foreach (var e in vm.LastEvents) Text("", $"{e.At}  #{e.Position}  {e.Name}");
        return grid;
    }

    private static void Jobs(VmState vm, Action<string, string> text)
    {
        foreach (var (id, job) in vm.Jobs.ById) text("job", $"{id}: {job.Type} {job.Status} since {Time(job.Since)}");
        var jobs = vm.Jobs;
        if (jobs.Completed + jobs.Failed + jobs.Cancelled + jobs.Errors == 0) return;
        text("jobs ended", $"{Number(jobs.Completed)} completed, {Number(jobs.Failed)} failed, {Number(jobs.Cancelled)} cancelled, {Number(jobs.Errors)} errors {jobs.LastError}".TrimEnd());
    }

    private static string Status(VmState vm) => vm.Status switch
    {
        "running" => "[green]running[/]",
        "unknown" => "[grey]unknown[/]",
        var other => $"[yellow]{Markup.Escape(other)}[/]",
    };

    private static string Monitor(VmState vm) => !vm.Monitor.Known ? "[grey]none[/]" : vm.Monitor.Connected ? "connected" : "[red]lost[/]";

    private static string Time(Instant time) => time == Instant.Epoch ? "-" : time.ToString();

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
