using System.Globalization;
using System.Text;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules;

namespace Qualm.Bench.Workloads;

/// <summary>Rule files in the proportions of a real set, made for the kinds of a generated file: six filters, three counts, one absence in ten.</summary>
internal static class GeneratedRules
{
    /// <summary>A set of <paramref name="count"/> rules over <paramref name="kinds"/>, through the real compiler.</summary>
    /// <param name="only">The one form of all rules; null for the mix.</param>
    public static RuleSet Compile(IReadOnlyList<EventKind> kinds, int count, RuleForm? only = null) => Compile(Text(kinds, count, only));

    /// <param name="others">Names of events that further rules are about.</param>
    /// <param name="further">How many of those.</param>
    public static RuleSet Compile(IReadOnlyList<EventKind> kinds, int count, IReadOnlyList<string> others, int further) =>
        Compile(Text(kinds, count, null, others, further));

    public static RuleSetText Text(IReadOnlyList<EventKind> kinds, int count, RuleForm? only = null, IReadOnlyList<string>? others = null, int further = 0)
    {
        var yaml = new StringBuilder("groups:\n- name: generated\n  rules:\n");
        for (var i = 0; i < count; i++) Rule(yaml, kinds, i, only);
        for (var i = 0; i < further; i++) Other(yaml, others![i % others.Count], i);
        return RuleSetText.Of([new RuleSetText.File("generated.yaml", yaml.ToString())]);
    }

    private static RuleSet Compile(RuleSetText text)
    {
        var compiled = RuleSetCompiler.Compile(text, QmpCatalogue.Instance);
        return compiled.Set ?? throw new InvalidOperationException(string.Join('\n', compiled.Diagnostics.Select(d => d.Render())));
    }

    private static void Rule(StringBuilder yaml, IReadOnlyList<EventKind> kinds, int i, RuleForm? only)
    {
        // Every kind gets every form in the course of the numbers. A kind without a rare condition would fire all the time.
        var kind = kinds[(i + (i / kinds.Count)) % kinds.Count];
        var form = only ?? (((i / kinds.Count * 3) + i) % 10) switch { < 6 => RuleForm.Filter, < 9 => RuleForm.Count, _ => RuleForm.Absence };
        if (kind.Rare is null) form = RuleForm.Count;
        yaml.Append(CultureInfo.InvariantCulture, $"  - alert: Rule{i}\n    on: {kind.Name}\n");
        if (form == RuleForm.Filter) Filter(yaml, kind.Rare!(i % 1000));
        else if (form == RuleForm.Count) Count(yaml, kind, i);
        else Absence(yaml, kind.Rare!(i % 1000), kinds[(i + 1) % kinds.Count].Name);
        yaml.Append("    actions: [page]\n");
    }

    private static void Filter(StringBuilder yaml, string rare) =>
        yaml.Append(CultureInfo.InvariantCulture, $"    where: '{rare}'\n    resolve: [ {{ quiet: 1m }} ]\n    annotations: {{ summary: \"{{{{ vm.name }}}}: seen\" }}\n");

    private static void Count(StringBuilder yaml, EventKind kind, int i)
    {
        if (i % 2 == 0 && kind.Half is { } half) yaml.Append(CultureInfo.InvariantCulture, $"    where: '{half}'\n");
        if (i % 3 == 0 && kind.Part is { } part) yaml.Append(CultureInfo.InvariantCulture, $"    by: [vm.id, event.data.{part}]\n");
        yaml.Append(CultureInfo.InvariantCulture, $"    count: \">= {(i % 2 == 0 ? 6 : 30)}\"\n    within: 1m\n    annotations: {{ summary: \"{{{{ vm.name }}}}: {{{{ agg.count }}}} times\" }}\n");
    }

    private static void Absence(StringBuilder yaml, string rare, string awaited) =>
        yaml.Append(CultureInfo.InvariantCulture, $"    where: '{rare}'\n    absent: {{ on: {awaited} }}\n    within: 1m\n");

    private static void Other(StringBuilder yaml, string name, int i)
    {
        yaml.Append(CultureInfo.InvariantCulture, $"  - alert: Other{i}\n    on: {name}\n    count: \">= {2 + (i % 5)}\"\n    within: 10m\n    actions: [page]\n");
    }
}
