using System.Text;

namespace Qualm.Acceptance.Tests.Campaign.Rules;

/// <summary>A set of rules made by chance: every operator, every ending, windows so short that things come about within seconds.</summary>
internal sealed class RandomRules
{
    private readonly SortedDictionary<string, string> _rules = new(StringComparer.Ordinal);

    private RandomRules() { }

    /// <summary>The rules as a file.</summary>
    public string Yaml
    {
        get
        {
            var yaml = new StringBuilder("groups:\n- name: campaign\n  rules:\n");
            foreach (var rule in _rules.Values) yaml.Append(rule);
            return yaml.ToString();
        }
    }

    /// <summary>Names of alerts, in order.</summary>
    public IReadOnlyList<string> Alerts => [.. _rules.Keys.Where(name => _rules[name].StartsWith("  - alert", StringComparison.Ordinal))];

    public static RandomRules Make(Dice dice)
    {
        var made = new RandomRules();
        var shapes = dice.Some(dice.Between(5, 12), RuleShapes.All);
        foreach (var shape in shapes) made.Take(shape(dice));

        // Some shapes twice, of other events.
        for (var more = dice.Between(0, 4); more > 0; more--) made.Take(dice.Of(RuleShapes.All)(dice), "Too");
        return made;
    }

    /// <summary>Changes, drops and adds rules; at least one.</summary>
    public void Change(Dice dice)
    {
        var before = Yaml;
        while (Yaml == before)
        {
            // Rules that others name stay, in whatever form.
            var names = _rules.Keys.Where(n => !RuleShapes.IsNamedByOthers(n)).ToArray();
            if (dice.Chance(40) && names.Length > 4) _rules.Remove(dice.Of(names));
            if (dice.Chance(80)) Take(dice.Of(RuleShapes.All)(dice));
            if (dice.Chance(30)) Take(dice.Of(RuleShapes.All)(dice), "Too");
        }
    }

    private void Take(IReadOnlyList<(string Name, string Yaml)> rules, string suffix = "")
    {
        // What is named by others exists once.
        if (suffix.Length > 0 && rules.Any(r => RuleShapes.IsNamedByOthers(r.Name))) return;
        foreach (var (name, yaml) in rules) _rules[name + suffix] = yaml.Replace($": {name}\n", $": {name}{suffix}\n", StringComparison.Ordinal);
    }
}
