namespace Qualm.Model;

/// <summary>QEMU sends at most one event a period and key; the last one of a period arrives at its end, with its original time.</summary>
/// <param name="Key">Member that separates the limits; null for one limit in the whole QEMU.</param>
public sealed record RateLimit(TimeSpan Period, string? Key);
