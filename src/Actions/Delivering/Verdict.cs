using Qualm.Model;

namespace Qualm.Actions;

/// <summary>What becomes of a message after an attempt.</summary>
public abstract record Verdict
{
    private Verdict() { }

    public sealed record Done : Verdict;

    /// <param name="Until">When it is due again.</param>
    /// <param name="Why">For people.</param>
    public sealed record Again(Instant Until, string Why) : Verdict;

    /// <param name="Why">For people.</param>
    public sealed record Buried(string Why) : Verdict;

    /// <param name="decidedAt">When the message was decided.</param>
    /// <param name="attempt">Number of the attempt that had this outcome, from 1.</param>
    /// <param name="jitter">Random, from 0 up to but not 1; takes up to a fifth off the wait, so that many do not return at once.</param>
    public static Verdict Of(
        DeliveryOutcome outcome, Instant decidedAt, int attempt, Instant now, double jitter, DeliveryOptions options)
    {
        switch (outcome)
        {
            case DeliveryOutcome.Delivered:
                return new Done();
            case DeliveryOutcome.Refused refused:
                return new Buried(refused.Why);
            case DeliveryOutcome.Retry retry:
                if (attempt >= options.MaxAttempts) return new Buried($"{attempt} attempts; the last: {retry.Why}");
                if (now - decidedAt >= options.MaxAge) return new Buried($"too old; the last: {retry.Why}");
                return new Again(now + Wait(retry.After, attempt, jitter, options), retry.Why);
            default:
                throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null);
        }
    }

    /// <summary>Doubles from the first delay up to the longest; what the receiver asks for, up to an hour, if that is longer.</summary>
    internal static TimeSpan Wait(TimeSpan? asked, int attempt, double jitter, DeliveryOptions options)
    {
        var doublings = Math.Min(attempt - 1, 40);
        var seconds = Math.Min(options.FirstDelay.TotalSeconds * Math.Pow(2, doublings), options.LongestDelay.TotalSeconds);
        var wait = TimeSpan.FromSeconds(Math.Max(options.FirstDelay.TotalSeconds, seconds * (1 - (0.2 * jitter))));
        var most = TimeSpan.FromHours(1);
        return asked is { } least && least > wait ? (least < most ? least : most) : wait;
    }
}
