namespace Qualm.Bench.Workloads;

/// <summary>What a generated rule looks like.</summary>
internal enum RuleForm
{
    /// <summary>Each event that passes a rare condition, ended by quiet.</summary>
    Filter,

    /// <summary>So many events in a minute.</summary>
    Count,

    /// <summary>A rare event that is not followed by another in a minute.</summary>
    Absence,
}
