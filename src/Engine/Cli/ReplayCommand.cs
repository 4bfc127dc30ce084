using System.CommandLine;
using Qualm.Engine.Configuration;
using Qualm.Engine.Replaying;
using Qualm.Engine.Turns;
using Qualm.Ingest.Qmp;
using Qualm.Ingest.Sources;
using Qualm.Model;
using Qualm.Rules;
using Qualm.Store;
using Qualm.Store.Reading;

namespace Qualm.Engine.Cli;

/// <summary><c>qualm replay</c>: what rules say about history. There is no way from here to a receiver.</summary>
internal static class ReplayCommand
{
    public static Command Create(CommonOptions common)
    {
        var files = new Argument<string[]>("file") { Description = "Files of events ('-' for the standard input); none: the store", Arity = ArgumentArity.ZeroOrMore };
        var since = TimeOption.Create("--since", "Event time of the first events to be judged");
        var until = TimeOption.Create("--until", "Event time before which events are judged; the clock then goes on to it");
        var vm = new Option<string?>("--vm") { Description = "VM of events that name none (default: the file's name)" };
        var command = new Command("replay", "Judge history by rules: files, else what the store has recorded. Cannot page.")
        {
            files, common.Rules, since, until, vm, common.Json, common.Config, common.Data, common.Store,
        };
        command.Does((parsed, cancellationToken) =>
        {
            var range = new LogQuery { Since = parsed.GetValue(since), Until = parsed.GetValue(until) };
            return parsed.GetValue(files) is { Length: > 0 } paths
                ? FilesAsync(parsed, common, paths, new FileNaming(parsed.GetValue(vm)), range, cancellationToken)
                : StoreAsync(parsed, common, range, cancellationToken);
        });
        return command;
    }

    private static async Task<int> FilesAsync(
        ParseResult parsed, CommonOptions common, string[] paths, FileNaming naming, LogQuery range, CancellationToken cancellationToken)
    {
        var (_, rules) = CompiledRules.Require(common.Read(parsed).Rules, null);
        await using var output = Output.Lines();
        var lines = new TransitionLines(output, parsed.GetValue(common.Json));
        var timeline = new Timeline(QmpCatalogue.Instance, new RuleSession(rules));
        var garbage = new GarbageReport();
        long read;
        if (paths is [var path])
        {
            var replay = new FileReplay(timeline, lines, range.Since, range.Until);
            await using var stream = InputFile.Open(path);
            await replay.RunAsync(stream, naming.For(InputFile.PathOf(path)), InputFile.NameOf(path), (line, column, why) => garbage.Add(path, line, column, why), cancellationToken);
            read = replay.Read;
        }
        else
        {
            read = await MergedReplay.RunAsync(timeline, lines, paths, naming, range, garbage, cancellationToken);
        }

        return Finish(timeline, lines, range, read, garbage.Count);
    }

    private static async Task<int> StoreAsync(ParseResult parsed, CommonOptions common, LogQuery range, CancellationToken cancellationToken)
    {
        var config = common.Read(parsed);
        var rules = parsed.GetResult(common.Rules) is null ? null : CompiledRules.Require(config.Rules, null).Set;
        await using var store = await StoreHost.OpenAsync(StoreLocation.Of(config.Store, config.Data), TimeProvider.System, cancellationToken);
        await using var output = Output.Lines();
        var lines = new TransitionLines(output, parsed.GetValue(common.Json));
        var timelines = await StoreReplay.RunAsync(
            store, CompiledRules.None, rules, text => CompiledRules.Recorded(text, Refused), range, lines, cancellationToken);
        foreach (var timeline in timelines) Finish(timeline, lines, range, null, 0);
        if (timelines.Count == 0) Console.Error.WriteLine("qualm replay: the store holds no events yet");
        return ExitCode.Good;
    }

    private static int Finish(Timeline timeline, TransitionLines lines, LogQuery range, long? read, long garbage)
    {
        if (range.Until is { } until) timeline.AdvanceTo(until, lines);
        foreach (var pending in timeline.Rules.Pending)
        {
            var key = string.Join(", ", pending.Key.Select(part => $"{part.Name}={part.Value}"));
            Console.Error.WriteLine($"pending: {pending.Rule} {{{key}}} is due at {pending.Due}; the history ends at {timeline.Clock}");
        }

        if (read is { } count) Console.Error.WriteLine($"{count} events read, {lines.Count} transitions{(garbage > 0 ? $", {garbage} pieces of garbage passed over" : "")}");
        return ExitCode.Good;
    }

    private static void Refused(RuleSetText text) =>
        Console.Error.WriteLine($"qualm replay: the recorded rule set {text.Digest[..12]} is not understood by this version; judge by other rules with --rules");
}
