using Qualm.Engine.Configuration;
using Qualm.Ingest.Qmp;
using Qualm.Rules.Testing;

namespace Qualm.Engine.Testing;

/// <summary>Finds which rules the tests beside them look at.</summary>
internal static class TestedRules
{
    /// <param name="rules">The rule folder, or one rule file, whose folder is then searched.</param>
    /// <returns>Names that some readable test file expects something of; files with faults are passed over, <c>qualm test</c> tells of them.</returns>
    public static IReadOnlySet<string> In(string rules)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in Files(rules))
        {
            if (RuleTestReader.Read(path, File.ReadAllText(path), QmpCatalogue.Instance).File is { } file) names.UnionWith(RuleTestNames.Expected(file));
        }

        return names;
    }

    private static IReadOnlyList<string> Files(string rules)
    {
        var folder = File.Exists(rules) ? Path.GetDirectoryName(Path.GetFullPath(rules))! : rules;
        try
        {
            return TestFiles.Find([folder]);
        }
        catch (ConfigException)
        {
            return [];
        }
    }
}
