using System.Collections.Immutable;

namespace Qualm.Model;

/// <summary>
/// What a decision says in words. A text becomes a string only when somebody asks for it, and the same string until other
/// words take its place: whoever keeps nothing costs nothing.
/// </summary>
public abstract class DecisionTexts
{
    /// <summary>See <see cref="AlertTransition.Episode"/>.</summary>
    public abstract string Episode { get; }

    /// <summary>See <see cref="AlertTransition.Summary"/>.</summary>
    public abstract string Summary { get; }

    /// <summary>See <see cref="AlertTransition.Annotations"/>.</summary>
    public abstract ImmutableSortedDictionary<string, string> Annotations { get; }

    /// <summary>See <see cref="AlertTransition.Labels"/>.</summary>
    public abstract ImmutableSortedDictionary<string, string> Labels { get; }
}
