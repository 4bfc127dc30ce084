using System.CommandLine;
using Qualm.Engine.Testing;

namespace Qualm.Engine.Cli;

/// <summary><c>qualm test</c>: the unit tests of rules.</summary>
internal static class TestCommand
{
    public static Command Create(CommonOptions common)
    {
        var paths = new Argument<string[]>("tests") { Description = "Test files, or folders of *.test.yaml", Arity = ArgumentArity.OneOrMore };
        var junit = new Option<string?>("--junit") { Description = "Also write a JUnit file" };
        var coverage = new Option<bool>("--coverage") { Description = "Tell which clauses and branches of the rules the tests see" };
        var mutate = new Option<bool>("--mutate") { Description = "Change the rules, one thing at a time, and tell which changes no test notices" };
        var command = new Command("test", "Run the unit tests of rules.") { paths, common.Json, junit, coverage, mutate };
        command.Does(async (parsed, cancellationToken) =>
        {
            var files = TestFiles.Find(parsed.GetValue(paths) ?? []);
            await using var output = Output.Lines();
            await using var text = new StreamWriter(output, leaveOpen: true);
            await using var junitFile = parsed.GetValue(junit) is { } path ? File.Create(path) : null;
            ITestReport shown = parsed.GetValue(common.Json) ? new JsonTestReport(output) : new TextTestReport(text);
            using var progress = new ProgressLine(TimeProvider.System);
            var wish = new TestSession.Wish(parsed.GetValue(coverage), parsed.GetValue(mutate));
            var good = TestSession.Run(files, wish, junitFile is null ? [shown] : [shown, new JUnitReport(junitFile)], progress, cancellationToken);
            return good ? ExitCode.Good : ExitCode.Findings;
        });
        return command;
    }
}
