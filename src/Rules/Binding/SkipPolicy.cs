namespace Qualm.Rules.Binding;

/// <summary>What a match uses up.</summary>
internal enum SkipPolicy
{
    /// <summary>Everything up to its last event.</summary>
    PastLast,

    /// <summary>Its first event.</summary>
    Next,

    /// <summary>Nothing but the event that completed it.</summary>
    None,
}
