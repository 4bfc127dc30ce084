using Microsoft.Extensions.Logging;

namespace Qualm.Actions;

/// <summary>All that Actions logs: event ids 5000 to 5999.</summary>
internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Warning,
        "{Receiver}: {Transition} {Severity} {Alert}: {Summary} (episode {Episode}, delivery {Delivery}) {Payload}")]
    public static partial void Page(
        ILogger logger, string receiver, string transition, string severity, string alert, string summary, string episode, string delivery, string payload);

    [LoggerMessage(5001, LogLevel.Debug, "Delivered {Delivery} to {Receiver} at attempt {Attempt}")]
    public static partial void Delivered(ILogger logger, string receiver, string delivery, int attempt);

    [LoggerMessage(5002, LogLevel.Warning, "Attempt {Attempt} to deliver {Delivery} to {Receiver} failed: {Why}; next at {Next}")]
    public static partial void Postponed(ILogger logger, string receiver, string delivery, int attempt, string why, string next);

    [LoggerMessage(5003, LogLevel.Error, "{Delivery} to {Receiver} goes to the dead letters after {Attempt} attempts: {Why}")]
    public static partial void Buried(ILogger logger, string receiver, string delivery, int attempt, string why);

    [LoggerMessage(5004, LogLevel.Warning, "Receiver {Receiver} fails again and again; left alone for {Seconds} s")]
    public static partial void CircuitOpened(ILogger logger, string receiver, double seconds);

    [LoggerMessage(5005, LogLevel.Information, "Receiver {Receiver} answers again")]
    public static partial void CircuitClosed(ILogger logger, string receiver);

    [LoggerMessage(5006, LogLevel.Warning, "The outbox cannot be reached for {Receiver}; trying again: {Why}")]
    public static partial void OutboxAway(ILogger logger, string why, string receiver);

    [LoggerMessage(5007, LogLevel.Error, "Receiver {Receiver} threw where it must answer; taken for a failed attempt")]
    public static partial void ReceiverThrew(ILogger logger, Exception fault, string receiver);

    [LoggerMessage(5008, LogLevel.Error, "Delivery {Delivery} to {Receiver} could not be begun; it stays due")]
    public static partial void DeliveryFailed(ILogger logger, Exception fault, string delivery, string receiver);
}
