namespace Qualm.Rules.Binding;

/// <summary>What is computed over the events of a window.</summary>
internal enum WindowFunction
{
    Count,
    Distinct,
    Sum,
    Avg,
    Min,
    Max,
}
