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
        var command = new Command("vm", "Show every VM, or one in full, beside a running service or without one.")
        {
            name, common.Config, common.Data, common.Store, common.Json,
        };
        command.Does(async (parsed, cancellationToken) =>
        {
            var config = common.Read(parsed);
            await using var store = await StoreHost.OpenAsync(StoreLocation.Of(config.Store, config.Data), TimeProvider.System, cancellationToken);
            var vms = await FleetReader.ReadAsync(store, cancellationToken);
            if (parsed.GetValue(name) is not { } wanted)
            {
                if (parsed.GetValue(common.Json)) PrintJson(vms);
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

            if (parsed.GetValue(common.Json)) PrintJson(found);
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
