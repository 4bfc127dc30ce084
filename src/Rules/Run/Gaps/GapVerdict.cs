namespace Qualm.Rules.Run;

/// <summary>What the state found after a gap says of an event that may have come in it.</summary>
internal enum GapVerdict
{
    /// <summary>The event leaves no trace in the state, or another may have left it.</summary>
    Unclear,

    /// <summary>It came.</summary>
    Came,

    /// <summary>It did not: the state would be another.</summary>
    Missing,
}
