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
        return (text, Require(text, path, receivers));
    }

    /// <inheritdoc cref="Require(string, IReadOnlySet{string}?)"/>
    public static RuleSet Require(RuleSetText text, string path, IReadOnlySet<string>? receivers)
    {
        var compiled = RuleSetCompiler.Compile(text, QmpCatalogue.Instance, receivers);
        foreach (var diagnostic in compiled.Diagnostics) Console.Error.WriteLine(RuleFiles.Locate(diagnostic, path).Render());
        return compiled.Set ?? throw new ConfigException($"the rules are refused: {Count(compiled)}; see 'qualm check'");
    }

    /// <summary>The activation by which a set takes over from another.</summary>
    /// <param name="active">The set that runs; null before the first.</param>
    /// <param name="clock">Of the log; not after the activation's stamp, which is to be filled in.</param>
    public static StampedInput.Activation Plan(RuleSetText? active, RuleSetText next, RuleSet set, Instant clock)
    {
        var before = active is null ? None : Recorded(active, _ => { });
        var warming = new RuleWarming(before, set);
        return new StampedInput.Activation(clock, next) { WarmedFrom = warming.Names.IsEmpty ? null : Instant.Max(Instant.Epoch, clock - warming.Reach) };
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
