using Qualm.Model;

namespace Qualm.Engine.Turns;

/// <summary>What a turn brought, told to onlookers after its commit. Onlookers may miss some; the log never does.</summary>
/// <param name="Inputs">Events recorded, in their order, empty when nobody looked on.</param>
/// <param name="Decisions">In the order in which they were made.</param>
/// <param name="Garbage">What went to quarantine.</param>
/// <param name="Activated">Digest of the rule set that took over; null when none did.</param>
internal sealed record Committed(
    IReadOnlyList<Committed.Seen> Inputs, IReadOnlyList<AlertTransition> Decisions, IReadOnlyList<Quarantined> Garbage, string? Activated)
{
    /// <param name="Status">Status of the VM after it.</param>
    /// <param name="Weight">How many equal events it stands for.</param>
    public readonly record struct Seen(Position Position, Instant At, string Vm, string Name, string Data, string Status, long Weight = 1);
}
