using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign;

/// <summary>How well a receiver of pages is.</summary>
internal static class Answers
{
    /// <summary>A status for each message: always good, or bad for a few in a hundred.</summary>
    public static Func<int, int> Throw(Dice dice)
    {
        var (bad, seed) = (dice.Of(0, 5, 25), dice.Between(0, int.MaxValue - 1));
        return n =>
        {
            var throws = Dice.Of(seed, n);
            return throws.Chance(bad) ? throws.Of(429, 500, 503, PageServer.Silence) : 202;
        };
    }
}
