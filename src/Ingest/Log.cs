using Microsoft.Extensions.Logging;

namespace Qualm.Ingest;

/// <summary>Every log message of this project. Event ids 1000-1999.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "{Source}: connected to {Vm}, QEMU {Version}")]
    public static partial void Connected(ILogger logger, string source, string vm, string version);

    [LoggerMessage(1001, LogLevel.Warning, "{Source}: lost {Vm}: {Reason}; next attempt in {Seconds:F1} s")]
    public static partial void Lost(ILogger logger, string source, string vm, string reason, double seconds);

    [LoggerMessage(1002, LogLevel.Warning, "{Source}: cannot connect: {Reason}; next attempt in {Seconds:F1} s")]
    public static partial void ConnectFailed(ILogger logger, string source, string reason, double seconds);

    [LoggerMessage(1003, LogLevel.Information, "{Source}: gone; waiting for it to appear again")]
    public static partial void Gone(ILogger logger, string source);

    [LoggerMessage(1004, LogLevel.Debug, "{Source}: listening for QEMU to dial in")]
    public static partial void Listening(ILogger logger, string source);

    [LoggerMessage(1005, LogLevel.Warning, "{Source}: {Command} was refused: {Reason}")]
    public static partial void CommandFailed(ILogger logger, string source, string command, string reason);

    [LoggerMessage(1006, LogLevel.Warning, "{Source}: {Vm} has left: {Reason}")]
    public static partial void PeerLeft(ILogger logger, string source, string vm, string reason);

    [LoggerMessage(1007, LogLevel.Warning, "{Source}: not a usable monitor: {Reason}")]
    public static partial void PeerRefused(ILogger logger, string source, string reason);

    [LoggerMessage(1008, LogLevel.Information, "{Source}: stands by: {Vm} has another monitor")]
    public static partial void StandsBy(ILogger logger, string source, string vm);

    [LoggerMessage(1009, LogLevel.Information, "{Source}: speaks for {Vm} from now on")]
    public static partial void SpeaksUp(ILogger logger, string source, string vm);

    [LoggerMessage(1010, LogLevel.Information, "{Source}: {Notice}")]
    public static partial void TailNotice(ILogger logger, string source, string notice);

    [LoggerMessage(1020, LogLevel.Error, "{Source}: failed; reading it again in {Seconds:F1} s")]
    public static partial void SourceFailed(ILogger logger, string source, double seconds, Exception cause);

    [LoggerMessage(1023, LogLevel.Warning, "{Source}: a flood of {Event}: equal events beyond {Budget} a second are recorded as one, with their number")]
    public static partial void Flood(ILogger logger, string source, string @event, int budget);

    [LoggerMessage(1021, LogLevel.Critical, "The ingest pipeline failed; nothing more is taken in")]
    public static partial void PipelineFailed(ILogger logger, Exception cause);

    [LoggerMessage(1022, LogLevel.Warning, "The wall clock jumped by {By:F3} s; it is now {Ahead:F3} s ahead of the stamps, which follow slowly")]
    public static partial void ClockStepped(ILogger logger, double by, double ahead);
}
