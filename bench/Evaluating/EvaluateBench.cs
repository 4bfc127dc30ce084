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

    public static async Task RunAsync(Report report, Scale scale)
    {
        report.Section("Evaluate", "the walk over the same bytes; decode, fold and rules on one thread, warm, processor time");
        var file = EventFile.Generate(EventKind.Eight, scale.FileEvents);
        await FleetsAsync(report, scale, file);
        await OtherNamesAsync(report, scale, file);
        await FiftyNamesAsync(report, scale);
        await FormsAsync(report, scale, file);
    }

    private static async Task FleetsAsync(Report report, Scale scale, EventFile file)
    {
        int[] vms = [1_000, 10_000, 100_000];
        var sets = new[] { CompiledRules.None, GeneratedRules.Compile(EventKind.Eight, 10), GeneratedRules.Compile(EventKind.Eight, 100) };
        var fleets = vms.SelectMany(n => sets.Select(set => (Vms: n, Rules: set.Names.Count(), Fleet: new Fleet(file, set, n).Warm(scale.WarmPerVm)))).ToArray();
        var contest = await new Contest(
            Clock.Cpu, scale.Rounds, [Side.Of("walk", file.Count, () => Walk.Over(file)), .. fleets.Select(f => Side.Of("", file.Count, f.Fleet.Run))]).RunAsync();
        for (var i = 0; i < fleets.Length; i++)
        {
            var (n, rules, fleet) = fleets[i];
            report.Row(
                FormattableString.Invariant($"{rules} rules, {n:N0} VMs, {fleet.DecisionsPerEvent * 1000:0.0} decisions in 1,000 events"),
                contest, i + 1, rules == 100 && n == 10_000 ? HundredRules : null);
        }

        report.Row("100 rules: 100,000 VMs against 10,000", contest, 9, ManyVms, limit: 6);
    }

    private static async Task OtherNamesAsync(Report report, Scale scale, EventFile file)
    {
        var names = CatalogueKinds.OtherNames(EventKind.Eight);
        var few = new Fleet(file, GeneratedRules.Compile(EventKind.Eight, 100), 10_000).Warm(scale.WarmPerVm);
        var many = new Fleet(file, GeneratedRules.Compile(EventKind.Eight, 100, names, 799), 10_000).Warm(scale.WarmPerVm);
        var contest = await new Contest(Clock.Cpu, scale.Rounds, Side.Of("100", file.Count, few.Run), Side.Of("899", file.Count, many.Run)).RunAsync();
        report.Row("100 rules and 799 on names not in the file, against the 100", contest, 1, AtMostTenPercent);
    }

    private static async Task FiftyNamesAsync(Report report, Scale scale)
    {
        var kinds = CatalogueKinds.Take(50);
        var file = EventFile.Generate(kinds, scale.FileEvents);
        var fleet = new Fleet(file, GeneratedRules.Compile(kinds, 1000), 10_000).Warm(scale.WarmPerVm);
        var contest = await new Contest(
            Clock.Cpu, scale.Rounds, Side.Of("walk", file.Count, () => Walk.Over(file)), Side.Of("rules", file.Count, fleet.Run)).RunAsync();
        report.Row(
            FormattableString.Invariant($"1,000 rules on 50 names, all in the file, 10,000 VMs, {fleet.DecisionsPerEvent * 1000:0.0} decisions in 1,000 events"),
            contest, 1, FiftyNames);
    }

    // Where the time goes: what a rule costs an event that it names, by its form.
    private static async Task FormsAsync(Report report, Scale scale, EventFile file)
    {
        var none = new Fleet(file, CompiledRules.None, 1_000).Warm(scale.WarmPerVm);
        var forms = Enum.GetValues<RuleForm>();
        var fleets = forms.Select(form => new Fleet(file, GeneratedRules.Compile(EventKind.Eight, 80, form), 1_000).Warm(scale.WarmPerVm));
        var contest = await new Contest(
            Clock.Cpu, scale.Rounds, [Side.Of("none", file.Count, none.Run), .. fleets.Select(f => Side.Of("rules", file.Count, f.Run))]).RunAsync();
        var costs = forms.Select((form, i) => FormattableString.Invariant($"{form} {((1 / contest.Rate(i + 1)) - (1 / contest.Rate(0))) * 1e9 / 10:0} ns"));
        report.Note($"What one rule adds to an event that it names, by its form (80 rules, ten on each of eight names, 1,000 VMs): {string.Join(", ", costs)}. Decode and fold without rules: {1e9 / contest.Rate(0):0} ns.");
    }
}
