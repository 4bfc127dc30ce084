using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Qualm.Engine.Hosting;

/// <summary>
/// Log lines on the standard error: for people with the time in front, for the journal with its priority in front and no
/// time, since it keeps one itself; or, where somebody wants that, as JSON objects.
/// </summary>
internal static class ServiceLogging
{
    public static void AddServiceLog(this ILoggingBuilder logging, bool json)
    {
        logging.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        if (json)
        {
            logging.AddJsonConsole(format =>
            {
                format.UseUtcTimestamp = true;
                format.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            });
        }
        else if (IsJournal(Environment.GetEnvironmentVariable("JOURNAL_STREAM"), StandardError()))
        {
            logging.AddSystemdConsole();
        }
        else
        {
            logging.AddSimpleConsole(format =>
            {
                format.SingleLine = true;
                format.UseUtcTimestamp = true;
                format.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            });
        }
    }

    /// <summary>Whether the standard error goes to the journal: the variable alone is inherited by whatever has its output elsewhere.</summary>
    /// <param name="stream">Value of <c>JOURNAL_STREAM</c>: device and inode.</param>
    /// <param name="target">What the standard error is, e.g. <c>socket:[4711]</c>; null when that cannot be told.</param>
    public static bool IsJournal(string? stream, string? target) =>
        stream?.Split(':') is [_, { Length: > 0 } inode] && target == $"socket:[{inode}]";

    private static string? StandardError()
    {
        try
        {
            return new FileInfo("/proc/self/fd/2").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
