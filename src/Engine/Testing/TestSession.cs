using System.Collections.Immutable;

namespace Qualm.Engine.Testing;

/// <summary>One run over test files: the tests, then what else was asked about them.</summary>
internal static class TestSession
{
    /// <param name="Coverage">Whether clauses and branches are counted.</param>
    /// <param name="Mutate">Whether mutants are tried; only where all tests pass, for a failing test kills everything.</param>
    public readonly record struct Wish(bool Coverage, bool Mutate);

    /// <returns>Whether nothing was found: every file runs, every test passes, no mutant survives.</returns>
    public static bool Run(IReadOnlyList<string> paths, Wish wish, ImmutableArray<ITestReport> reports, ProgressLine progress, CancellationToken cancellationToken)
    {
        var (good, tests, passed, refused, survived) = (new List<LoadedTests>(), 0, 0, 0, 0);
        foreach (var path in paths)
        {
            var loaded = LoadedTests.Load(path);
            foreach (var diagnostic in loaded.Diagnostics) Console.Error.WriteLine(diagnostic.Render());
            if (loaded.File is not { } file)
            {
                refused++;
                foreach (var report in reports) report.Refused(path, loaded.Diagnostics);
                continue;
            }

            good.Add(loaded);
            var runner = new TestRunner(file, loaded.Set!);
            foreach (var test in file.Tests)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress.Say(() => $"{tests} tests run: {path}: {test.Name}");
                var result = runner.Run(test, properties: true);
                tests++;
                if (result.Passed) passed++;
                foreach (var report in reports) report.Add(result);
            }
        }

        if (wish.Coverage)
        {
            var coverage = CoverageRun.Run(good, cancellationToken);
            foreach (var report in reports) report.Add(coverage);
        }

        if (wish.Mutate && passed == tests)
        {
            var mutants = MutationRun.Run(good, progress, cancellationToken);
            survived = mutants.Alive.Count;
            foreach (var report in reports) report.Add(mutants);
        }
        else if (wish.Mutate)
        {
            Console.Error.WriteLine("qualm test: no mutant was tried: a test that fails cannot tell one from the rules as they are");
        }

        foreach (var report in reports) report.Finish(new TestTotals(tests, passed, refused));
        return refused == 0 && passed == tests && survived == 0;
    }
}
