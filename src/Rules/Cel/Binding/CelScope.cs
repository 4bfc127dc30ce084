using System.Collections.Immutable;

namespace Qualm.Rules.Cel;

/// <summary>Everything an expression can name. Immutable.</summary>
internal sealed record CelScope<T>
    where T : allows ref struct
{
    /// <summary>By name; names may hold dots.</summary>
    public ImmutableDictionary<string, CelMember<T>> Roots { get; init; } = ImmutableDictionary.Create<string, CelMember<T>>(StringComparer.Ordinal);

    public ImmutableDictionary<string, CelFunction<T>> Functions { get; init; } = ImmutableDictionary.Create<string, CelFunction<T>>(StringComparer.Ordinal);

    /// <summary>Named expressions: a name that stands for a text, bound where it is used. A root of the same name wins.</summary>
    public ImmutableDictionary<string, string> Named { get; init; } = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Prefix under which names are sought first, as in <c>a.b</c>; empty for none.</summary>
    public string Container { get; init; } = "";

    /// <summary>
    /// Whether faults of names and types are found when compiling. If not, they are errors of the evaluation, and may be absorbed,
    /// as for an expression whose variables nobody declared.
    /// </summary>
    public bool Checked { get; init; } = true;
}
