namespace Qualm.Rules.Syntax;

/// <summary>What becomes of a deadline while the monitor of its subject is lost.</summary>
internal enum GapPolicy
{
    /// <summary>Held, then decided by the resynchronised state.</summary>
    Unknown,
    Fire,
    Ignore,
}
