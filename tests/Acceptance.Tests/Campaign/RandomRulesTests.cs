using Qualm.Acceptance.Tests.Campaign.Rules;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules;

namespace Qualm.Acceptance.Tests.Campaign;

/// <summary>What the campaign throws must be sound, or it tests nothing.</summary>
public sealed class RandomRulesTests
{
    private static readonly HashSet<string> Receivers = ["page", "page-virt", "page-storage"];

    [Fact]
    public void Every_set_of_rules_that_is_thrown_compiles_and_so_do_its_changes()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var rules = RandomRules.Make(Dice.Of(seed));
            Check(rules, seed);
            rules.Change(Dice.Of(seed, 1));
            Check(rules, seed);
        }
    }

    [Fact]
    public void The_same_seed_throws_the_same_rules() =>
        RandomRules.Make(Dice.Of(7, 3)).Yaml.ShouldBe(RandomRules.Make(Dice.Of(7, 3)).Yaml);

    private static void Check(RandomRules rules, int seed)
    {
        var compiled = RuleSetCompiler.Compile(RuleSetText.Of([new("random.yaml", rules.Yaml)]), QmpCatalogue.Instance, Receivers);
        compiled.Set.ShouldNotBeNull($"seed {seed}:\n{string.Join('\n', compiled.Diagnostics.Select(d => d.Render()))}");
        rules.Alerts.ShouldNotBeEmpty();
    }
}
