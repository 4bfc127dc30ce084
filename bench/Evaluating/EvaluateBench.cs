using Qualm.Bench.Measuring;
using Qualm.Bench.Workloads;
using Qualm.Engine.Configuration;

namespace Qualm.Bench.Evaluating;

/// <summary>Decode, fold and rules against the walk.</summary>
internal static class EvaluateBench
{
    private const double HundredRules = 0.5;
    private const double ManyVms = 0.65;
    private const double AtMostTenPercent = 1 / 1.1;
    private const double FiftyNames = 0.35;
    private const int RulesAName = 10;
    private const int ManyEnough = 10_000;
    private const int EventsOfEachVm = 8;

    public static async Task RunAsync(Report report, Scale scale)
    {
        report.Section("Evaluate", "the walk over the same bytes; decode, fold and rules on one thread, warm, processor time");
        await FleetsAsync(report, scale);
        await OtherNamesAsync(report, scale, FileOf(EventKind.Eight, scale, ManyEnough));
        await FiftyNamesAsync(report, scale);
        await FormsAsync(report, scale);
        await JudgeBench.RunAsync(report, scale);
    }

    private static async Task FleetsAsync(Report report, Scale scale)
    {
        var cases = ((int Rules, int Vms)[])[(0, 10_000), (10, 1_000), (10, 10_000), (10, 100_000), (100, 1_000), (100, 10_000), (100, 100_000)];
        var files = cases.Select(c => c.Vms).Distinct().ToDictionary(vms => vms, vms => FileOf(EventKind.Eight, scale, vms));
        var fleets = cases.Select(c => new Fleet(files[c.Vms], c.Rules == 0 ? CompiledRules.None : GeneratedRules.Compile(EventKind.Eight, c.Rules), c.Vms).Warm(scale)).ToArray();
        var walked = files[ManyEnough];
        var contest = await new Contest(
            Clock.Cpu, scale.Rounds, [Side.Of("walk", walked.Count, () => Walk.Over(walked)), .. fleets.Zip(cases).Select(f => Side.Of("fleet", files[f.Second.Vms].Count, f.First.Run))]).RunAsync();
        for (var i = 0; i < fleets.Length; i++)
        {
            var (rules, vms) = cases[i];
            report.Row(
                FormattableString.Invariant($"{rules} rules, {vms:N0} VMs, {fleets[i].DecisionsPerEvent * 1000:0.0} decisions in 1,000 events"),
                contest, i + 1, rules == 100 && vms == ManyEnough ? HundredRules : null);
        }

        var many = Array.IndexOf(cases, (100, 100_000)) + 1;
        report.Row("100 rules: 100,000 VMs against 10,000", contest, many, ManyVms, limit: many - 1);
    }

    // Every VM is to come for more than the minute after which what fires has ended: else the next time over finds it firing.
    private static EventFile FileOf(IReadOnlyList<EventKind> kinds, Scale scale, int vms) => EventFile.Generate(kinds, Math.Max(scale.FileEvents, EventsOfEachVm * vms), vms);

    private static async Task OtherNamesAsync(Report report, Scale scale, EventFile file)
    {
        var names = CatalogueKinds.OtherNames(EventKind.Eight);
        var few = new Fleet(file, GeneratedRules.Compile(EventKind.Eight, 100), ManyEnough).Warm(scale);
        var many = new Fleet(file, GeneratedRules.Compile(EventKind.Eight, 100, names, 799), ManyEnough).Warm(scale);
        var contest = await new Contest(Clock.Cpu, scale.Rounds, Side.Of("100", file.Count, few.Run), Side.Of("899", file.Count, many.Run)).RunAsync();
        report.Row("100 rules and 799 on names not in the file, against the 100", contest, 1, AtMostTenPercent);
    }

    private static async Task FiftyNamesAsync(Report report, Scale scale)
    {
        var kinds = CatalogueKinds.Take(50);
        var file = FileOf(kinds, scale, ManyEnough);
        var fleet = new Fleet(file, GeneratedRules.Compile(kinds, 1000), ManyEnough).Warm(scale);
        var contest = await new Contest(
            Clock.Cpu, scale.Rounds, Side.Of("walk", file.Count, () => Walk.Over(file)), Side.Of("rules", file.Count, fleet.Run)).RunAsync();
        report.Row(
            FormattableString.Invariant($"1,000 rules on 50 names, all in the file, 10,000 VMs, {fleet.DecisionsPerEvent * 1000:0.0} decisions in 1,000 events"),
            contest, 1, FiftyNames);
    }

    // Where the time goes: what a rule costs an event that it names, by its form; with few VMs all state is in the processor's cache.
    private static async Task FormsAsync(Report report, Scale scale)
    {
        var forms = Enum.GetValues<RuleForm>();
        foreach (var vms in (int[])[30, 1_000])
        {
            var file = FileOf(EventKind.Eight, scale, vms);
            var none = new Fleet(file, CompiledRules.None, vms).Warm(scale);
            var fleets = forms.Select(form => new Fleet(file, GeneratedRules.Compile(EventKind.Eight, RulesAName * EventKind.Eight.Length, form), vms).Warm(scale));
            var contest = await new Contest(
                Clock.Cpu, scale.Rounds, [Side.Of("none", file.Count, none.Run), .. fleets.Select(f => Side.Of("rules", file.Count, f.Run))]).RunAsync();
            double Cost(int side) => ((1 / contest.Rate(side)) - (1 / contest.Rate(0))) * 1e9 / RulesAName;
            var costs = forms.Select((form, i) => FormattableString.Invariant($"{form.ToString().ToLowerInvariant()} {Cost(i + 1):0} ns"));
            report.Note($"{vms:N0} VMs: decode and fold without rules {1e9 / contest.Rate(0):0} ns an event; what one rule adds to an event that it names: {string.Join(", ", costs)}.");
        }
    }
}
