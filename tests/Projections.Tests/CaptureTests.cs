using System.Globalization;
using System.Text;
using System.Text.Json;
using Qualm.Model;

namespace Qualm.Projections.Tests;

public class CaptureTests
{
    public static TheoryData<string> All => new(Captures.Names);

    [Theory]
    [MemberData(nameof(All))]
    public void Agrees_with_what_QEMU_answers_to_query_status(string capture)
    {
        var some = new Some();
        foreach (var line in Captures.Lines(capture))
        {
            some.Feed(line);
            if (Answer(line) is { } answer && some.Vm.Status != "unknown") some.Vm.Status.ShouldBe(answer);
        }
    }

    [Fact]
    public void Enough_captures_ask_for_the_status_after_it_can_be_known()
    {
        var compared = 0;
        foreach (var capture in Captures.Names)
        {
            var some = new Some();
            foreach (var line in Captures.Lines(capture))
            {
                some.Feed(line);
                if (Answer(line) is not null && some.Vm.Status != "unknown") compared++;
            }
        }

        compared.ShouldBeGreaterThan(20);
    }

    /// <summary>One line a capture; with UPDATE_GOLDEN=1 in the environment the file is written anew beside the build.</summary>
    [Fact]
    public void Ends_where_it_should()
    {
        var text = new StringBuilder();
        foreach (var capture in Captures.Names)
        {
            var some = new Some();
            foreach (var line in Captures.Lines(capture)) some.Feed(line);
            text.Append(capture).Append(": ").Append(Summary(some.Vm)).Append('\n');
        }

        var golden = Path.Combine(AppContext.BaseDirectory, "testdata", "final-states.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(golden, text.ToString());
        text.ToString().ShouldBe(File.ReadAllText(golden));
    }

    private static string? Answer(byte[] line)
    {
        using var message = JsonDocument.Parse(line);
        return message.RootElement.TryGetProperty("return", out var answer)
            && answer.ValueKind == JsonValueKind.Object
            && answer.TryGetProperty("singlestep", out _)
            ? answer.GetProperty("status").GetString()
            : null;
    }

    private static string Summary(VmState vm)
    {
        var parts = new List<string> { vm.Status, string.Create(CultureInfo.InvariantCulture, $"{vm.Events} events") };
        if (vm.Resets > 0) parts.Add($"resets {vm.Resets}");
        if (vm.Watchdogs > 0) parts.Add($"watchdogs {vm.Watchdogs}");
        if (vm.Panics.Count > 0) parts.Add($"panics {vm.Panics.Count} {vm.Panics.LastAction}{(vm.Panics.Panicked ? " panicked" : "")}");
        if (vm.Panics.CrashLoaded > 0) parts.Add($"crash loaded {vm.Panics.CrashLoaded}");
        if (vm.Migration.Known) parts.Add($"migration {vm.Migration.Status} passes {vm.Migration.Passes}{(vm.Migration.Active ? " active" : "")}");
        if (vm.Balloon.Known) parts.Add($"balloon {vm.Balloon.Actual}");
        if (vm.Dump.Known) parts.Add($"dump {vm.Dump.Status} {vm.Dump.Completed}/{vm.Dump.Total} {vm.Dump.Error}".TrimEnd());
        if (vm.Disks.IoErrors + vm.Disks.Corruptions > 0)
        {
            parts.Add($"io errors {vm.Disks.IoErrors} corruptions {vm.Disks.Corruptions}");
        }

        foreach (var (name, disk) in vm.Disks.ByName)
        {
            parts.Add($"disk {name} errors {disk.Errors}{(disk.NoSpace ? " no space" : "")}{(disk.Corrupted ? " corrupted" : "")} '{disk.LastReason}'");
        }

        foreach (var (name, child) in vm.Quorum.Children) parts.Add($"child {name} bad {child.Bad} {child.LastType} '{child.LastError}'");
        if (vm.Quorum.Failures > 0) parts.Add($"quorum failures {vm.Quorum.Failures}");
        foreach (var (id, open) in vm.Ports.Open) parts.Add($"port {id} {(open ? "open" : "closed")}");
        if (vm.Unplug.Errors > 0) parts.Add($"unplug errors {vm.Unplug.Errors} {vm.Unplug.LastDevice} '{vm.Unplug.LastMessage}'");
        return string.Join(", ", parts);
    }
}
