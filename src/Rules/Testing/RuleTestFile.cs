using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Testing;

/// <summary>One test file: a fleet, what happens to it, and what the rules must make of it.</summary>
/// <param name="Path">As it was given.</param>
/// <param name="Rules">Rule files or folders, relative to the test file's folder, with their places.</param>
/// <param name="Start">Event time that all offsets are counted from.</param>
/// <param name="Fleet">In the order of the file; VMs that are not in it may still occur.</param>
public sealed record RuleTestFile(
    string Path,
    ImmutableArray<RuleTestFile.RuleSource> Rules,
    Instant Start,
    ImmutableArray<RuleTestVm> Fleet,
    ImmutableArray<RuleTest> Tests,
    RuleTestProperties Properties)
{
    /// <summary>One entry of <c>rules</c>.</summary>
    public sealed record RuleSource(string Path, SourceSpan Span);
}
