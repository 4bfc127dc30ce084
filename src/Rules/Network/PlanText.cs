using System.Globalization;
using System.Text;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Network;

/// <summary>Prints a compiled set.</summary>
internal static class PlanText
{
    public static string Write(RuleSet set)
    {
        var text = new StringBuilder();
        for (var i = 0; i < set.Network.Tables.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"keys {i}: [{set.Network.Tables[i]}]\n");
        }

        for (var i = 0; i < set.Rules.Length; i++)
        {
            var rule = set.Rules[i];
            text.Append(CultureInfo.InvariantCulture, $"rule {rule.Name} ({rule.Location}), keys {set.Network.TableOf[i]}\n");
            foreach (var line in rule.Definition.Split('\n', StringSplitOptions.RemoveEmptyEntries)) text.Append("  ").Append(line).Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture, $"look-back {Durations.Format(set.LookBack)}\n");
        return text.ToString();
    }
}
