using Qualm.Rules.Binding;

namespace Qualm.Rules.Network;

/// <summary>What one kind of event is asked: its conditions once each, then the rules that name it, in the order of the agenda.</summary>
/// <param name="Tests">The conditions, by <see cref="Subscription.Test"/>.</param>
/// <param name="Matcher">Answers them.</param>
/// <param name="Shared">Patterns whose events are kept once for several rules.</param>
/// <param name="Readers">How many different keys are read from the event.</param>
internal sealed record EventPlan(EventTest[] Tests, EventMatcher Matcher, Subscription[] Subscriptions, SharedMatch[] Shared, int Readers)
{
    public static readonly EventPlan Empty = new([], EventMatcher.Create(null, [], []), [], [], 0);

    /// <summary>By subscription: a bit for each that asks nothing of the event, or cannot be answered before its key is known.</summary>
    public ulong[] Unconditional { get; } = Bits(Subscriptions.Length, i => Subscriptions[i].Test < 0 || Tests[Subscriptions[i].Test].IsForKeys);

    /// <summary>Logs that the event may enter by its VM alone.</summary>
    public int[] LogsOfVms { get; } = [.. Shared.Where(s => Subscriptions[s.First].Key.IsVm).Select(s => s.Log)];

    /// <summary>Most keys of one event that are looked ahead for.</summary>
    public const int MostKeysAhead = 4;

    /// <summary>Keys by which the event may enter other logs; see <see cref="Model.Ahead"/>. At most <see cref="MostKeysAhead"/>.</summary>
    public KeyAhead[] KeysAhead { get; } =
    [
        .. Shared.Where(s => KeyAhead.IsReadable(Subscriptions[s.First].Key)).GroupBy(s => Subscriptions[s.First].Reader)
            .Select(logs => new KeyAhead(Subscriptions[logs.First().First].Table, Subscriptions[logs.First().First].Key, [.. logs.Select(s => s.Log)])).Take(MostKeysAhead),
    ];

    /// <summary>A bit for each of these subscriptions.</summary>
    public static ulong[] Bits(int count, Func<int, bool> isSet)
    {
        var bits = new ulong[(count + 63) / 64];
        for (var i = 0; i < count; i++)
        {
            if (isSet(i)) bits[i >> 6] |= 1UL << i;
        }

        return bits;
    }
}
