using System.ComponentModel.DataAnnotations;

namespace Qualm.Actions;

/// <summary>How messages are delivered.</summary>
public sealed class DeliveryOptions
{
    /// <value>Messages under way to one receiver at once, about different alerts. Default 4.</value>
    [Range(1, 64)]
    public int Parallel { get; init; } = 4;

    /// <value>Wait after the first failed attempt; doubled after each further one. Default 1 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <value>Longest wait between attempts, unless the receiver asks for more. Default 10 min.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMinutes(10);

    /// <value>Attempts after which a message is given up. Default 200, which <see cref="MaxAge"/> comes before.</value>
    [Range(1, 100_000)]
    public int MaxAttempts { get; init; } = 200;

    /// <value>Time since the decision after which a message that failed again is given up. Default 24 h.</value>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(24);

    /// <value>How often the outbox is looked at when nobody wakes the worker. Default 1 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:10:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <value>Failures in a row, within half a minute, after which a receiver is left alone. Default 5.</value>
    [Range(2, 1000)]
    public int BreakAfter { get; init; } = 5;

    /// <value>How long it is left alone before one message tries again. Default 15 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.5", "1.00:00:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan BreakFor { get; init; } = TimeSpan.FromSeconds(15);

    /// <value>How long attempts under way may take to end when the worker is stopped. Default 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(5);
}
