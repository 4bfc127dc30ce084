using System.CommandLine;
using Qualm.Engine.Cli;
using Qualm.Engine.Hosting;

// Before anything else: what comes while a service starts is for the service.
using var signals = args is ["run", ..] ? new ServiceSignals() : null;

var common = new CommonOptions();
var root = new RootCommand("QEMU alarm: an event-sourced, reactive rules engine for QEMU Machine Protocol events.");
foreach (var verb in (Command[])
[
    RunCommand.Create(common, signals), DemoCommand.Create(), ImportCommand.Create(common), ReplayCommand.Create(common), CheckCommand.Create(common), TestCommand.Create(common),
    EvalCommand.Create(), VmCommand.Create(common), AlertsCommand.Create(common), AckCommand.Create(common), VerifyCommand.Create(common), StoreCommand.Create(common),
])
{
    root.Add(verb);
}

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors) Console.Error.WriteLine($"qualm: {error.Message}");
    Console.Error.WriteLine("qualm: see 'qualm --help'");
    return ExitCode.Misuse;
}

// A service answers for its signals itself: two that do would wait for each other. A demo cleans up before it ends; the default would cut it
// short after two seconds.
var isService = parsed.CommandResult.Command.Name == "run";
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = isService ? null : TimeSpan.FromMinutes(2) });
