using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules;

namespace Qualm.Engine.Configuration;

/// <summary>Compiles rule sets against QEMU's catalogue.</summary>
internal static class CompiledRules
{
    /// <summary>The set before the first activation: no rules.</summary>
    public static RuleSet None { get; } = RuleSetCompiler.Compile(RuleSetText.Of([]), QmpCatalogue.Instance).Set!;

    /// <summary>Compiles a set, prints its diagnostics to the standard error, and refuses it when one is an error.</summary>
    /// <param name="path">Where the set was read from; see <see cref="RuleFiles"/>.</param>
    /// <param name="receivers">Names that <c>actions</c> may use; null for any.</param>
    /// <exception cref="ConfigException">The set has errors.</exception>
    public static (RuleSetText Text, RuleSet Set) Require(string path, IReadOnlySet<string>? receivers)
    {
        var text = RuleFiles.Read(path);
        var compiled = RuleSetCompiler.Compile(text, QmpCatalogue.Instance, receivers);
        foreach (var diagnostic in compiled.Diagnostics) Console.Error.WriteLine(RuleFiles.Locate(diagnostic, path).Render());
        return compiled.Set is { } set
            ? (text, set)
            : throw new ConfigException($"the rules are refused: {Count(compiled)}; see 'qualm check'");
    }

    /// <summary>Compiles a set that was once activated. One that this engine no longer understands is passed over as empty.</summary>
    /// <param name="refused">Told of such a set.</param>
    public static RuleSet Recorded(RuleSetText text, Action<RuleSetText> refused)
    {
        if (RuleSetCompiler.Compile(text, QmpCatalogue.Instance, null).Set is { } set) return set;
        refused(text);
        return None;
    }

    private static string Count(RuleSetCompilation compiled)
    {
        var errors = compiled.Diagnostics.Count(d => d.Severity == DiagnosticSeverity.Error);
        return errors == 1 ? "1 error" : $"{errors} errors";
    }
}
