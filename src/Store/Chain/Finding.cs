using Qualm.Model;

namespace Qualm.Store.Chain;

/// <summary>Something wrong with a store, in words, and where.</summary>
/// <param name="Text">What was found, with what was expected where that is known.</param>
public sealed record Finding(FindingKind Kind, string Text)
{
    /// <summary>Of the event concerned; null when it is about none.</summary>
    public Position? Position { get; init; }

    /// <summary>Number of the link concerned; null when it is about none.</summary>
    public long? Link { get; init; }

    /// <summary>The turn concerned; null when it is about none, or not known.</summary>
    public long? Turn { get; init; }

    /// <summary>The stream concerned; null when it is about none, or not known.</summary>
    public string? Stream { get; init; }
}
