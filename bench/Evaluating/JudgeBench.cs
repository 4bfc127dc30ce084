using Qualm.Bench.Measuring;
using Qualm.Bench.Workloads;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules;

namespace Qualm.Bench.Evaluating;

/// <summary>Evaluation alone, of events that lie decoded and folded in memory, beside what NRules 1.0.4 reaches on the same filters and windows.</summary>
internal static class JudgeBench
{
    private const int Vms = 1_000;

    // Events a second on this class of machine, and how many times that is asked for.
    private const double NRulesHundred = 92_000;
    private const double NRulesThousand = 7_700;
    private const double NRulesWindow = 100_000;
    private const double ThousandTimes = 200;
    private const double WindowTimes = 50;

    private static readonly EventKind Bad = EventKind.Eight[1];

    public static async Task RunAsync(Report report, Scale scale)
    {
        report.Section("Evaluation alone", "what NRules 1.0.4 reaches, measured before on this class of machine; events decoded and folded beforehand, one thread, processor time");
        var file = EventFile.Generate(EventKind.Eight, scale.FileEvents);
        await RowAsync(report, scale, "100 filters", new Decoded(file, GeneratedRules.Compile(EventKind.Eight, 100, RuleForm.Filter), Vms, 1000), NRulesHundred, null);
        await RowAsync(report, scale, "1,000 filters", new Decoded(file, GeneratedRules.Compile(EventKind.Eight, 1000, RuleForm.Filter), Vms, 1000), NRulesThousand, ThousandTimes);
        var one = EventFile.Generate([Bad], scale.FileEvents);
        foreach (var (name, rule) in Windows) await RowAsync(report, scale, $"one window, 10,000 live events, {name}", new Decoded(one, Compile(rule), 1, 1000), NRulesWindow, WindowTimes);
    }

    private static IEnumerable<(string Name, string Rule)> Windows =>
    [
        ("count, not full", "count: \">= 20000\""),
        ("count, firing all the time", "count: \">= 5000\""),
        ("sum, settled", "sum: { of: event.data.sector_num, is: \">= 1000000000\" }"),
    ];

    private static RuleSet Compile(string operation)
    {
        var text = $"groups:\n- name: windows\n  rules:\n  - alert: Window\n    on: {Bad.Name}\n    {operation}\n    within: 10s\n    actions: [page]\n";
        return RuleSetCompiler.Compile(RuleSetText.Of([new RuleSetText.File("window.yaml", text)]), QmpCatalogue.Instance).Set!;
    }

    private static async Task RowAsync(Report report, Scale scale, string what, Decoded events, double nRules, double? times)
    {
        var contest = await new Contest(Clock.Cpu, scale.Rounds, Side.Of("rules", events.Count, events.Run)).RunAsync();
        var rates = contest.Rates(0);
        var ratio = new Spread(rates.Median / nRules, rates.Min / nRules, rates.Max / nRules);
        report.Row(
            FormattableString.Invariant($"{what}, {events.DecisionsPerEvent * 1000:0.0} decisions in 1,000 events"), Report.PerSecond(rates.Median), Report.PerSecond(nRules), ratio,
            times is { } asked ? FormattableString.Invariant($"≥ {asked:0}") : null, times is null ? null : ratio.Median >= times, FormattableString.Invariant($"{contest.Allocated(0):0.##} B"));
    }
}
