using System.CommandLine;
using Qualm.Engine.Hosting;
using Qualm.Model;
using Qualm.Projections;
using Qualm.Store;

namespace Qualm.Engine.Cli;

/// <summary><c>qualm vm</c>: the fleet, or one VM, as of the newest event on record.</summary>
internal static class VmCommand
{
    public static Command Create(CommonOptions common)
    {
        var name = new Argument<string?>("name") { Description = "One VM, in full", Arity = ArgumentArity.ZeroOrOne };
        var hosts = new Option<bool>("--hosts") { Description = "Show the hosts instead: how many VMs each has, and how they are" };
        var command = new Command("vm", "Show every VM, or one in full, beside a running service or without one.")
        {
            name, hosts, common.Config, common.Data, common.Store, common.Json,
        };
        command.Does(async (parsed, cancellationToken) =>
        {
            var config = common.Read(parsed);
            await using var store = await StoreHost.OpenAsync(StoreLocation.Of(config.Store, config.Data), TimeProvider.System, cancellationToken);
            var json = parsed.GetValue(common.Json);
            if (parsed.GetValue(hosts)) return Print(await FleetReader.ReadHostsAsync(store, cancellationToken), json);
            var vms = await FleetReader.ReadAsync(store, cancellationToken);
            if (parsed.GetValue(name) is not { } wanted)
            {
                if (json) PrintJson(vms);
                else if (vms.Count == 0) Console.Error.WriteLine("no VM has been heard of yet; name sources in qualm.yaml and start 'qualm run'");
                else Output.People().Write(VmTable.List(vms));
                return ExitCode.Good;
            }

            var found = vms.Where(vm => vm.Id == wanted || vm.Name == wanted || (vm.Uuid.Length > 0 && vm.Uuid == wanted)).ToArray();
            if (found.Length == 0)
            {
                Console.Error.WriteLine($"qualm vm: no VM '{wanted}' is on record{Suggest(wanted, vms)}");
                return ExitCode.Findings;
            }

            if (json) PrintJson(found);
            else await PrintAsync(found, store, cancellationToken);
            return ExitCode.Good;
        });
        return command;
    }

    private static async Task PrintAsync(VmState[] vms, StoreHost store, CancellationToken cancellationToken)
    {
        var activity = await FleetReader.ReadActivityAsync(store, cancellationToken);
        foreach (var vm in vms) Output.People().Write(VmTable.One(vm, activity.TryGetValue(vm.Id, out var minute) ? minute : null));
    }

    private static int Print(IReadOnlyList<HostState> hosts, bool json)
    {
        if (json)
        {
            using var output = Output.Lines();
            foreach (var host in hosts) output.Line(HostDocument.ToUtf8(host).Span);
        }
        else if (hosts.Count == 0)
        {
            Console.Error.WriteLine("no host is known; name them in qualm.yaml ('host:', or {host} in a path) or in the lines of files");
        }
        else
        {
            Output.People().Write(VmTable.Hosts(hosts));
        }

        return ExitCode.Good;
    }

    private static void PrintJson(IEnumerable<VmState> vms)
    {
        using var output = Output.Lines();
        foreach (var vm in vms) output.Line(VmDocument.ToUtf8(vm).Span);
    }

    private static string Suggest(string wanted, IReadOnlyList<VmState> vms)
    {
        var near = vms.Select(vm => vm.Id).Where(id => id.Contains(wanted, StringComparison.OrdinalIgnoreCase)).Take(3).ToArray();
        return near.Length > 0 ? $"; did you mean {string.Join(", ", near)}?" : "; see 'qualm vm'";
    }
}
