using System.CommandLine;
using Qualm.Engine.Demo;

namespace Qualm.Engine.Cli;

/// <summary><c>qualm demo</c>: the whole mission in a minute, on a private store that is thrown away.</summary>
internal static class DemoCommand
{
    private const int DefaultSeconds = 60;

    public static Command Create()
    {
        var keep = new Option<bool>("--keep") { Description = "Keep the data folder and tell where it is" };
        var seconds = new Option<int>("--seconds") { Description = $"How long it runs (default {DefaultSeconds})", DefaultValueFactory = _ => DefaultSeconds };
        var command = new Command("demo", "Play real QEMU events to a service with the shipped rules, and show what comes of it.") { keep, seconds };
        command.Does((parsed, cancellationToken) =>
            new DemoRun(TimeProvider.System).RunAsync(TimeSpan.FromSeconds(Math.Clamp(parsed.GetValue(seconds), 1, 3600)), parsed.GetValue(keep), cancellationToken));
        return command;
    }
}
