using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Qualm.Engine.Configuration;
using Qualm.Engine.Testing;
using Qualm.Ingest.Qmp;
using Qualm.Rules;
using Qualm.Rules.Lint;

namespace Qualm.Engine.Cli;

/// <summary><c>qualm check</c>: everything that is wrong with a rule set, at once.</summary>
internal static class CheckCommand
{
    public static Command Create(CommonOptions common)
    {
        var path = new Argument<string?>("rules") { Description = "Rule file or folder (default: the configured one)", Arity = ArgumentArity.ZeroOrOne };
        var fleet = new Option<string[]>("--qemu") { Description = "A version of QEMU in the fleet, e.g. 7.2; may be given several times", HelpName = "VERSION", AllowMultipleArgumentsPerToken = true };
        fleet.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => !Version.TryParse(t.Value, out _))) result.AddError($"--qemu: '{token.Value}' is no version; write it as in 7.2 or 11.1.3");
        });
        var command = new Command("check", "Tell everything that is wrong with a rule set.") { path, fleet, common.Config, common.Json };
        command.Does(async (parsed, _) =>
        {
            var config = common.Read(parsed);
            var rules = parsed.GetValue(path) ?? config.Rules;
            var receivers = config.Receivers.IsEmpty ? null : config.Receivers.Select(r => r.Name).ToHashSet(StringComparer.Ordinal);
            var options = new LintOptions { Tested = TestedRules.In(rules), Fleet = [.. (parsed.GetValue(fleet) ?? []).Select(Version.Parse)] };
            var compiled = RuleSetCompiler.Check(RuleFiles.Read(rules), QmpCatalogue.Instance, receivers, options);
            compiled = compiled with { Diagnostics = [.. compiled.Diagnostics.Select(d => RuleFiles.Locate(d, rules))] };
            if (parsed.GetValue(common.Json))
            {
                await using var output = Output.Lines();
                foreach (var diagnostic in compiled.Diagnostics) output.Line(Json(diagnostic));
            }
            else
            {
                foreach (var diagnostic in compiled.Diagnostics) Console.Error.WriteLine(diagnostic.Render());
                Console.Error.WriteLine(Summary(compiled));
            }

            return compiled.Set is null ? ExitCode.Findings : ExitCode.Good;
        });
        return command;
    }

    private static string Summary(RuleSetCompilation compiled)
    {
        var errors = compiled.Diagnostics.Count(d => d.Severity == DiagnosticSeverity.Error);
        var warnings = compiled.Diagnostics.Length - errors;
        var rules = compiled.Set is { } set ? string.Create(CultureInfo.InvariantCulture, $"{set.Names.Count()} rules, ") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{rules}{errors} errors, {warnings} warnings");
    }

    private static byte[] Json(Diagnostic diagnostic)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("file", diagnostic.Span.File);
            json.WriteNumber("line", diagnostic.Span.Line);
            json.WriteNumber("column", diagnostic.Span.Column);
            json.WriteString("code", diagnostic.Code);
            json.WriteString("severity", diagnostic.Severity.ToString().ToLowerInvariant());
            json.WriteString("message", diagnostic.Message);
            if (diagnostic.Hint is { } hint) json.WriteString("hint", hint);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
