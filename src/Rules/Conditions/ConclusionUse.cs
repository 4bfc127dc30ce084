using System.Collections.Immutable;

namespace Qualm.Rules.Conditions;

/// <summary>One <c>firing(…)</c> or <c>fact(…)</c>, its name looked up.</summary>
/// <param name="Name">Of the rule that is asked for.</param>
/// <param name="IsAlert">Whether that is an alert; else a fact.</param>
/// <param name="Support">Number of the rule's keys as projected to the common parts; -1 when the asker must not see it, so that it never holds.</param>
/// <param name="Parts">Where the common parts are in the key of the rule that asks, in the order of the support's.</param>
public sealed record ConclusionUse(string Name, bool IsAlert, int Support, ImmutableArray<int> Parts)
{
    public bool Equals(ConclusionUse? other) =>
        other is not null && Name == other.Name && IsAlert == other.IsAlert && Support == other.Support && Parts.SequenceEqual(other.Parts);

    public override int GetHashCode() => HashCode.Combine(Name, IsAlert, Support, Parts.Length);
}
