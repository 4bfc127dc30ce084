using Qualm.Model;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Lint;

/// <summary>Finds events that no QEMU of the fleet sends.</summary>
internal static class FleetProof
{
    public static void Check(LintedRule rule, LintOptions options, DiagnosticBag bag)
    {
        if (options.Fleet.IsEmpty) return;
        foreach (var schema in rule.Matches.SelectMany(m => m.Events).Distinct())
        {
            if (options.Fleet.Any(version => Sends(schema, version))) continue;
            bag.Warning(
                Codes.NotInFleet, rule.Place(schema.Name), $"no QEMU of the fleet sends {schema.Name}",
                schema.Removed is { } removed && options.Fleet.All(v => v >= Parse(removed)) ? $"it went with QEMU {removed}" : $"it came with QEMU {schema.Since}");
        }
    }

    private static bool Sends(EventSchema schema, Version version) =>
        Parse(schema.Since) is var since && (since is null || version >= since) && (schema.Removed is not { } removed || version < Parse(removed));

    private static Version? Parse(string text) => Version.TryParse(text, out var version) ? version : null;
}
