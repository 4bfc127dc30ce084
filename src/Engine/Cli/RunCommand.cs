using System.CommandLine;
using Qualm.Engine.Configuration;
using Qualm.Engine.Hosting;

namespace Qualm.Engine.Cli;

/// <summary><c>qualm run</c>: the service.</summary>
internal static class RunCommand
{
    /// <param name="signals">Those of the program, if it has begun to keep them.</param>
    public static Command Create(CommonOptions common, ServiceSignals? signals)
    {
        var noStandby = new Option<bool>("--no-standby") { Description = "Fail when another engine leads the store, rather than stand by and take over" };
        var command = new Command("run", "Run the service until it is told to stop (SIGTERM or Ctrl-C drains it).")
        {
            common.Config, common.Rules, common.Data, common.Store, noStandby,
        };
        command.Does(async (parsed, _) =>
        {
            // The command line's own token would call an end in good order an interruption.
            using var kept = signals ?? new ServiceSignals();
            return await ServiceHost.RunAsync(Read(common, parsed, noStandby), new Onlookers(any: false), kept, CancellationToken.None);
        });
        return command;
    }

    private static QualmConfig Read(CommonOptions common, ParseResult parsed, Option<bool> noStandby)
    {
        var config = common.Read(parsed);
        return parsed.GetValue(noStandby) ? config with { Standby = false } : config;
    }
}
