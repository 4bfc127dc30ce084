namespace Qualm.Acceptance.Tests.Campaign.Traffic;

/// <summary>How right the clock of a host is.</summary>
/// <param name="Off">By how much it is wrong.</param>
/// <param name="Straggling">How many events in a hundred come with the time of a moment ago.</param>
internal sealed record MachineClock(TimeSpan Off, int Straggling)
{
    /// <summary>Within the least lateness that a rule may have.</summary>
    private const int Straggle = 1200;

    /// <summary>Right, off by what is still believed, or by what is not.</summary>
    public static MachineClock Throw(Dice dice) => new(
        TimeSpan.FromSeconds(dice.Of(0, 0, 0, 30, -30, 300, -300)), dice.Of(0, 0, 15));

    public DateTimeOffset Next(Dice dice) => DateTimeOffset.UtcNow + Off - (dice.Chance(Straggling) ? dice.UpTo(Straggle) : TimeSpan.Zero);
}
