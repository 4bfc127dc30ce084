using System.CommandLine;
using Qualm.Engine.Configuration;
using Qualm.Store;

namespace Qualm.Engine.Cli;

/// <summary>Runs a verb and turns what can go wrong in front of a user into one line and an exit code.</summary>
internal static class Verb
{
    public static void Does(this Command command, Func<ParseResult, CancellationToken, Task<int>> run) =>
        command.SetAction((parsed, cancellationToken) => GuardAsync(command.Name, () => run(parsed, cancellationToken)));

    private static async Task<int> GuardAsync(string name, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (ConfigException e)
        {
            return Fail(name, e.Message, ExitCode.Misuse);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StoreException)
        {
            return Fail(name, e.Message, ExitCode.Unavailable);
        }
        catch (OperationCanceledException)
        {
            return Fail(name, "interrupted", 130);
        }
    }

    private static int Fail(string name, string message, int code)
    {
        Console.Error.WriteLine($"qualm {name}: {message}");
        return code;
    }
}
