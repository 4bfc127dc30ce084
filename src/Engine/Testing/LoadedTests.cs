using System.Collections.Immutable;
using Qualm.Engine.Configuration;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules;
using Qualm.Rules.Testing;

namespace Qualm.Engine.Testing;

/// <summary>A test file with the rules it is about.</summary>
/// <param name="Path">As it was named.</param>
/// <param name="File">Null when the file, or the rules, have errors.</param>
/// <param name="Rules">Paths are full ones.</param>
/// <param name="Set">Null when <paramref name="File"/> is.</param>
/// <param name="Diagnostics">Of the test file, then of the rules, with the paths people know.</param>
internal sealed record LoadedTests(string Path, RuleTestFile? File, RuleSetText Rules, RuleSet? Set, ImmutableArray<Diagnostic> Diagnostics)
{
    private const string NoRules = "T130";

    public static LoadedTests Load(string path)
    {
        var text = System.IO.File.ReadAllText(path);
        var reading = RuleTestReader.Read(path, text, QmpCatalogue.Instance);
        if (reading.File is not { } file) return new LoadedTests(path, null, RuleSetText.Of([]), null, reading.Diagnostics);
        var (rules, faults) = ReadRules(file, text);
        if (faults.Length > 0) return new LoadedTests(path, null, rules, null, [.. reading.Diagnostics, .. faults]);
        var compiled = RuleSetCompiler.Compile(rules, QmpCatalogue.Instance);
        var diagnostics = reading.Diagnostics.AddRange(compiled.Diagnostics.Select(d => d with { Span = d.Span with { File = Shown(d.Span.File, path) } }));
        if (compiled.Set is not { } set) return new LoadedTests(path, null, rules, null, diagnostics);
        var names = RuleTestNames.Check(file, text, set);
        return new LoadedTests(path, names.IsEmpty ? file : null, rules, names.IsEmpty ? set : null, diagnostics.AddRange(names));
    }

    /// <summary>A rule file's path as people know it: full where the test file was named so, else from where they stand.</summary>
    public static string Shown(string full, string path) =>
        System.IO.Path.IsPathRooted(path) ? full : System.IO.Path.GetRelativePath(Environment.CurrentDirectory, full);

    private static (RuleSetText Text, ImmutableArray<Diagnostic> Faults) ReadRules(RuleTestFile file, string text)
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(file.Path))!;
        var files = new Dictionary<string, RuleSetText.File>(StringComparer.Ordinal);
        var faults = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (var source in file.Rules)
        {
            var place = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, source.Path));
            try
            {
                var single = System.IO.File.Exists(place);
                foreach (var found in RuleFiles.Read(place).Files)
                {
                    var full = single ? place : System.IO.Path.Combine(place, found.Path);
                    files[full] = found with { Path = full };
                }
            }
            catch (ConfigException)
            {
                var line = text.Split('\n')[source.Span.Line - 1].TrimEnd('\r');
                faults.Add(new Diagnostic(NoRules, DiagnosticSeverity.Error, source.Span, $"there are no rules at '{source.Path}'", "name a rule file, or a folder of them, as seen from the test file", line));
            }
        }

        return (RuleSetText.Of(files.Values), faults.ToImmutable());
    }
}
