using Qualm.Rules;

namespace Qualm.Engine.Testing;

/// <summary>Takes what a run of tests finds, in order, and shows it to somebody.</summary>
internal interface ITestReport
{
    /// <summary>A file that cannot be run.</summary>
    void Refused(string path, IReadOnlyList<Diagnostic> diagnostics);

    void Add(TestResult result);

    void Add(IReadOnlyList<CoverageRun.Row> coverage);

    void Add(MutationRun.Outcome mutants);

    /// <summary>Everything has been said.</summary>
    void Finish(TestTotals totals);
}
