using Microsoft.Extensions.Logging;
using Qualm.Store.Writing;

namespace Qualm.Engine;

/// <summary>Every log message of this project. Event ids 6000-6999.</summary>
internal static partial class Log
{
    [LoggerMessage(6000, LogLevel.Warning, "The store is away; ingest waits and nothing is lost")]
    public static partial void StoreAway(ILogger logger, Exception cause);

    [LoggerMessage(6001, LogLevel.Information, "The store is back; the open turn was {Outcome}")]
    public static partial void StoreBack(ILogger logger, TurnOutcome outcome);

    [LoggerMessage(6002, LogLevel.Warning, "A turn of {Inputs} inputs was refused for its data; splitting it")]
    public static partial void TurnSplit(ILogger logger, int inputs, Exception cause);

    [LoggerMessage(6003, LogLevel.Error, "{Event} from {Source} cannot be recorded and goes to quarantine")]
    public static partial void EventRefused(ILogger logger, string @event, string source, Exception cause);
}
