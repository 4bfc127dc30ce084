using System.Text.Json;
using Qualm.Model;

namespace Qualm.Rules.Conditions;

/// <summary>One expression to evaluate, and what it may name.</summary>
/// <param name="Expression">Faults of names and types are errors of the evaluation here, so that they may be absorbed.</param>
public sealed record EvalRequest(string Expression)
{
    /// <summary>An object; its members are variables, their names may hold dots. Null when there are none.</summary>
    public JsonElement? Variables { get; init; }

    /// <summary>As <see cref="ConditionScope.Container"/>.</summary>
    public string Container { get; init; } = "";

    /// <summary>Null when there is none; then <c>event</c>, <c>vm</c> and <c>host</c> are unknown names.</summary>
    public CapturedEvent? Event { get; init; }

    /// <summary>The VM after the event; null makes every read of <c>vm</c> an error.</summary>
    public VmState? Vm { get; init; }

    /// <summary>The host after the event; null makes every read of <c>host</c> an error.</summary>
    public HostState? Host { get; init; }
}
