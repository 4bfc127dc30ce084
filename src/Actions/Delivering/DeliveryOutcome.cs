namespace Qualm.Actions;

/// <summary>What came of an attempt.</summary>
public abstract record DeliveryOutcome
{
    private DeliveryOutcome() { }

    /// <summary>The receiver has it.</summary>
    public sealed record Delivered : DeliveryOutcome;

    /// <summary>It may go better another time; whether the receiver has it is not known.</summary>
    /// <param name="After">How long the receiver asked to be left alone; null when it did not.</param>
    /// <param name="Why">For people.</param>
    public sealed record Retry(TimeSpan? After, string Why) : DeliveryOutcome;

    /// <summary>The receiver will not have it, however often it is sent.</summary>
    /// <param name="Why">For people.</param>
    public sealed record Refused(string Why) : DeliveryOutcome;
}
