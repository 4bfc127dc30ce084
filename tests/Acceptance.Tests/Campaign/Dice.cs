namespace Qualm.Acceptance.Tests.Campaign;

/// <summary>Chance that can be had again: the same numbers give the same throws, in every process.</summary>
internal sealed class Dice
{
    private readonly Random _random;

    private Dice(int seed) => _random = new Random(seed);

    /// <param name="parts">The seed, then what the throws are for: dice for different things do not disturb each other.</param>
    public static Dice Of(params ReadOnlySpan<int> parts)
    {
        // SplitMix64, for the framework's own hashes differ between processes.
        var state = 0x9E37_79B9_7F4A_7C15UL;
        foreach (var part in parts)
        {
            state = (state ^ (uint)part) + 0x9E37_79B9_7F4A_7C15UL;
            state = (state ^ (state >> 30)) * 0xBF58_476D_1CE4_E5B9UL;
            state = (state ^ (state >> 27)) * 0x94D0_49BB_1331_11EBUL;
            state ^= state >> 31;
        }

        return new Dice((int)(state & int.MaxValue));
    }

    /// <summary>From the first to the last, both included.</summary>
    public int Between(int first, int last) => _random.Next(first, last + 1);

    /// <summary>From nothing to this, in milliseconds.</summary>
    public TimeSpan UpTo(int milliseconds) => TimeSpan.FromMilliseconds(_random.Next(milliseconds + 1));

    /// <param name="percent">How often it is true.</param>
    public bool Chance(int percent) => _random.Next(100) < percent;

    public T Of<T>(params IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    /// <summary>As many different ones as asked for, in any order.</summary>
    public T[] Some<T>(int count, IReadOnlyList<T> choices)
    {
        var all = choices.ToArray();
        _random.Shuffle(all);
        return all[..Math.Min(count, all.Length)];
    }
}
