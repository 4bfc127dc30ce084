using System.Diagnostics;

namespace Qualm.Actions;

/// <summary>What Actions traces: each attempt to deliver. Where nobody listens, nothing is made.</summary>
public static class ActionsTraces
{
    public const string SourceName = "Qualm.Actions";

    private static readonly ActivitySource Source = new(SourceName);

    internal static Activity? Attempt(string receiver, Delivery delivery) =>
        Source.StartActivity("delivery", ActivityKind.Client)?
            .SetTag("qualm.receiver", receiver)
            .SetTag("qualm.delivery.id", delivery.Id)
            .SetTag("qualm.delivery.attempt", delivery.Attempt);

    internal static void End(this Activity? attempt, string outcome)
    {
        if (attempt is null) return;
        attempt.SetTag("qualm.delivery.outcome", outcome);
        if (outcome is not ("delivered" or "cancelled")) attempt.SetStatus(ActivityStatusCode.Error, outcome);
    }
}
