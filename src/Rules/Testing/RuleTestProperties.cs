namespace Qualm.Rules.Testing;

/// <summary>What must not change the outcome of any test of a file.</summary>
/// <param name="CrashAfterEachEvent">The engine is lost after every input and derived anew from the inputs so far.</param>
/// <param name="DuplicateEachEvent">Every event arrives twice.</param>
/// <param name="Reorder">Rate-limited events arrive late, as QEMU delays them, and VMs interleave differently.</param>
public readonly record struct RuleTestProperties(bool CrashAfterEachEvent, bool DuplicateEachEvent, bool Reorder);
