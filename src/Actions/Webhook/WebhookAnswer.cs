using System.Net;
using System.Net.Http.Headers;

namespace Qualm.Actions;

/// <summary>What an HTTP answer means for a message.</summary>
public static class WebhookAnswer
{
    /// <summary>
    /// 2xx is delivered; 408, 425, 429 and 5xx are tried again, not before <c>Retry-After</c> has passed; all else, redirects
    /// included, is refused.
    /// </summary>
    /// <param name="now">What a <c>Retry-After</c> date is counted from.</param>
    /// <param name="excerpt">The start of the answer's body, for people.</param>
    public static DeliveryOutcome Judge(HttpStatusCode status, RetryConditionHeaderValue? retryAfter, DateTimeOffset now, string excerpt)
    {
        var code = (int)status;
        if (code is >= 200 and < 300) return new DeliveryOutcome.Delivered();
        var why = excerpt.Length == 0 ? $"HTTP {code}" : $"HTTP {code}: {excerpt}";
        return code is 408 or 425 or 429 or >= 500
            ? new DeliveryOutcome.Retry(Wait(retryAfter, now), why)
            : new DeliveryOutcome.Refused(code is >= 300 and < 400 ? why + " (redirects are not followed)" : why);
    }

    private static TimeSpan? Wait(RetryConditionHeaderValue? retryAfter, DateTimeOffset now) => retryAfter switch
    {
        { Delta: { } wait } => wait,
        { Date: { } date } when date > now => date - now,
        { Date: not null } => TimeSpan.Zero,
        _ => null,
    };
}
