using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules;
using Qualm.Rules.Testing.Mutation;

namespace Qualm.Engine.Testing;

/// <summary>Tries every mutant of the rules under test on all tests that concern it.</summary>
internal static class MutationRun
{
    /// <param name="Tried">Mutants that compile.</param>
    /// <param name="Alive">Those that no test tells from the rules as they are, in the order of the files.</param>
    public sealed record Outcome(long Tried, IReadOnlyList<RuleMutant> Alive);

    /// <param name="tests">Files whose tests all pass.</param>
    public static Outcome Run(IReadOnlyList<LoadedTests> tests, ProgressLine progress, CancellationToken cancellationToken)
    {
        var (tried, alive) = (0L, new List<RuleMutant>());
        foreach (var path in tests.SelectMany(t => t.Rules.Files.Select(f => f.Path)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var concerned = tests.Where(t => t.Rules.Files.Any(f => f.Path == path)).ToArray();
            foreach (var mutant in RuleMutants.Of(concerned[0].Rules, path, QmpCatalogue.Instance))
            {
                cancellationToken.ThrowIfCancellationRequested();
                tried++;
                progress.Say(() => $"{tried} mutants tried, {alive.Count} alive: {LoadedTests.Shown(path, concerned[0].Path)}:{mutant.Span.Line}");
                if (!IsKilled(mutant, path, concerned)) alive.Add(mutant with { Span = mutant.Span with { File = LoadedTests.Shown(path, concerned[0].Path) } });
            }
        }

        return new Outcome(tried, alive);
    }

    private static bool IsKilled(RuleMutant mutant, string path, LoadedTests[] concerned)
    {
        var mutated = mutant.Text.Files.First(f => f.Path == path);
        foreach (var tests in concerned)
        {
            var text = RuleSetText.Of(tests.Rules.Files.Select(f => f.Path == path ? mutated : f));
            if (RuleSetCompiler.Compile(text, QmpCatalogue.Instance).Set is not { } set) return true;
            var runner = new TestRunner(tests.File!, set);
            if (tests.File!.Tests.Any(test => !runner.Run(test, properties: false).Passed)) return true;
        }

        return false;
    }
}
