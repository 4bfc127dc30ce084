using System.CommandLine;
using Qualm.Engine.Hosting;

namespace Qualm.Engine.Cli;

/// <summary><c>qualm run</c>: the service.</summary>
internal static class RunCommand
{
    public static Command Create(CommonOptions common)
    {
        var command = new Command("run", "Run the service until it is told to stop (SIGTERM or Ctrl-C drains it).")
        {
            common.Config, common.Rules, common.Data, common.Store,
        };
        command.Does((parsed, cancellationToken) => ServiceHost.RunAsync(common.Read(parsed), new Onlookers(any: false), console: true, cancellationToken));
        return command;
    }
}
