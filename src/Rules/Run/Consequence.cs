using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Network;

namespace Qualm.Rules.Run;

/// <summary>What a rule's decision is to the rules above it: an event that it derived, or a conclusion that has changed.</summary>
internal sealed class Consequence
{
    /// <summary>What the event is; null for a conclusion.</summary>
    public EventSchema? Schema { get; init; }

    public DerivedData? Data { get; init; }

    /// <summary>Whom the event concerns, as far as they have taken it.</summary>
    public EventPlan Plan { get; init; } = EventPlan.Empty;

    /// <summary>The first of the plan's subscriptions that has not taken it yet.</summary>
    public int Next { get; set; }

    /// <summary>Whether only rules in shadow mode and facts may take it.</summary>
    public bool Shadow { get; init; }

    /// <summary>Number of the support of a conclusion that has changed.</summary>
    public int Support { get; init; } = -1;

    /// <summary>Of the rule that decided.</summary>
    public required ImmutableArray<KeyPart> Key { get; init; }

    public required VmState? Vm { get; init; }

    public required HostState? Host { get; init; }

    /// <summary>Of the transition.</summary>
    public required Instant At { get; init; }

    /// <summary>When it was decided.</summary>
    public required Instant Stamp { get; init; }

    /// <summary>Of the event that completed it.</summary>
    public required Position Position { get; init; }

    /// <summary>It, as the rules above see it.</summary>
    /// <param name="vm">Of the key that is judged, for a conclusion.</param>
    public EventView View(VmState? vm, HostState? host) => new()
    {
        Schema = Schema,
        Name = Schema?.Name ?? "",
        Data = Data is null ? default : Data.Json,
        Slots = Data is null ? default : Data.Slots,
        At = At,
        Stamp = Stamp,
        Position = Position,
        Weight = 1,
        Vm = vm,
        Host = host,
        Source = "",
    };
}
