using System.Collections.Immutable;
using Qualm.Rules.Testing;

namespace Qualm.Engine.Testing;

/// <summary>What became of one test.</summary>
/// <param name="Path">Of its file, as it was named.</param>
/// <param name="Findings">Expectations not met.</param>
/// <param name="Broken">Properties that do not hold, a sentence each.</param>
internal sealed record TestResult(string Path, RuleTest Test, ImmutableArray<RuleTestFinding> Findings, ImmutableArray<string> Broken)
{
    public bool Passed => Findings.IsEmpty && Broken.IsEmpty;

    /// <summary>Everything that is wrong, a line each; empty when it passed.</summary>
    public string Detail => string.Join('\n', Findings.Select(f => f.ToString()).Concat(Broken));
}
