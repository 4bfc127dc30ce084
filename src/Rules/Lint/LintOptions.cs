using System.Collections.Immutable;

namespace Qualm.Rules.Lint;

/// <summary>What the linter is told beside the rules.</summary>
public sealed record LintOptions
{
    /// <summary>Nothing is known but the rules.</summary>
    public static readonly LintOptions None = new();

    /// <summary>Names of all rules that some unit test expects something of; null when nobody looked for tests.</summary>
    public IReadOnlySet<string>? Tested { get; init; }

    /// <summary>Versions of QEMU in the fleet, e.g. <c>7.2</c>; empty when that is not known.</summary>
    public ImmutableArray<Version> Fleet { get; init; } = [];
}
