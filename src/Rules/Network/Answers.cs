namespace Qualm.Rules.Network;

/// <summary>What is found out about one event: bits by subscription, and conditions that are still to be asked.</summary>
internal ref struct Answers(Span<ulong> matched, Span<ulong> failed, Span<int> asked)
{
    private readonly Span<ulong> _matched = matched;
    private readonly Span<ulong> _failed = failed;
    private readonly Span<int> _asked = asked;

    /// <summary>Conditions to be asked.</summary>
    public int ToAsk { get; private set; }

    public bool AnyFailed { get; private set; }

    public readonly int this[int index] => _asked[index];

    public readonly void Yes(Asked asked) => Set(_matched, asked);

    public void Error(Asked asked)
    {
        AnyFailed = true;
        Set(_failed, asked);
    }

    public void Ask(Asked asked) => _asked[ToAsk++] = asked.Number;

    private static void Set(Span<ulong> bits, Asked asked)
    {
        foreach (var subscription in asked.Subscriptions) bits[subscription >> 6] |= 1UL << (subscription & 63);
    }
}
