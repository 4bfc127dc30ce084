using System.CommandLine;
using Qualm.Engine.Cli;

var common = new CommonOptions();
var root = new RootCommand("QEMU alarm: an event-sourced, reactive rules engine for QEMU Machine Protocol events.");
foreach (var verb in (Command[])
[
    RunCommand.Create(common), DemoCommand.Create(), ImportCommand.Create(common), ReplayCommand.Create(common), CheckCommand.Create(common), TestCommand.Create(common),
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

// A service drains and a demo cleans up before it ends; the default would cut both short after two seconds.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });
