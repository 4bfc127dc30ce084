namespace Qualm.Model;

/// <summary>What a rule makes of what it finds.</summary>
public enum ConclusionKind
{
    /// <summary>An alert, which people are told of.</summary>
    Alert,

    /// <summary>An event of its own, which other rules take.</summary>
    Event,

    /// <summary>Something that holds as long as its rule's condition does, which other rules ask for.</summary>
    Fact,
}
