using Qualm.Ingest.Qmp;
using Qualm.Rules.Testing.Coverage;

namespace Qualm.Engine.Testing;

/// <summary>Finds out which clauses and branches of the rules the tests see.</summary>
internal static class CoverageRun
{
    /// <summary>One clause or branch, over all tests.</summary>
    public sealed record Row(CoveragePoint Point, long True, long False)
    {
        public bool Covered => True > 0 && (False > 0 || !Point.NeedsFalse);
    }

    /// <returns>By file, line and column.</returns>
    public static IReadOnlyList<Row> Run(IReadOnlyList<LoadedTests> tests, CancellationToken cancellationToken)
    {
        var points = new List<CoveragePoint>();
        foreach (var loaded in tests)
        {
            var coverage = new RuleCoverage();
            var runner = new TestRunner(loaded.File!, coverage.Compile(loaded.Rules, QmpCatalogue.Instance).Set!);
            foreach (var test in loaded.File!.Tests)
            {
                cancellationToken.ThrowIfCancellationRequested();
                coverage.Add(test, runner.Run(test));
            }

            points.AddRange(coverage.Points.Select(p => p with { Span = p.Span with { File = LoadedTests.Shown(p.Span.File, loaded.Path) } }));
        }

        return
        [
            .. from point in points
               group point by (point.Span, point.Rule, point.Kind, point.Text) into same
               orderby same.Key.Span, same.Key.Kind, same.Key.Text
               select new Row(same.First(), same.Sum(p => p.True), same.Sum(p => p.False)),
        ];
    }
}
