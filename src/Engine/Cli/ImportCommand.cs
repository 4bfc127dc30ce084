using System.CommandLine;
using System.Globalization;
using Qualm.Engine.Importing;
using Qualm.Ingest.Sources;
using Qualm.Store;

namespace Qualm.Engine.Cli;

/// <summary><c>qualm import</c>: puts history on record. It decides nothing and pages nobody.</summary>
internal static class ImportCommand
{
    public static Command Create(CommonOptions common)
    {
        var files = new Argument<string[]>("file") { Description = "Files of events ('-' for the standard input)", Arity = ArgumentArity.OneOrMore };
        var vm = new Option<string?>("--vm") { Description = "VM of events that name none (default: the file's name)" };
        var host = new Option<string?>("--host") { Description = "Host of events that name none" };
        var command = new Command("import", "Put the events of files on record. A file imported twice adds nothing.")
        {
            files, vm, host, common.Config, common.Data, common.Store, common.Json,
        };
        command.Does(async (parsed, cancellationToken) =>
        {
            var config = common.Read(parsed);
            var paths = parsed.GetValue(files)!;
            foreach (var path in paths.Where(path => path != "-" && !File.Exists(path))) throw new FileNotFoundException($"{path}: no such file");
            await using var store = await StoreHost.OpenAsync(StoreLocation.Of(config.Store, config.Data), TimeProvider.System, cancellationToken);
            var garbage = new GarbageReport();
            var naming = new FileNaming(parsed.GetValue(vm), parsed.GetValue(host));
            var sources = paths.Select(path => new FileSource(InputFile.Open(path), InputFile.NameOf(path), naming.For(InputFile.PathOf(path)))).ToArray();
            var counts = await new Importer(store, garbage).RunAsync(sources, cancellationToken);
            Print(counts, parsed.GetValue(common.Json), sources.Sum(s => s.Skipped));
            return garbage.Count > 0 ? ExitCode.Findings : ExitCode.Good;
        });
        return command;
    }

    private static void Print(ImportCounts counts, bool json, long skipped)
    {
        using var output = Output.Lines();
        if (json)
        {
            output.Line(string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"read":{{counts.Read}},"added":{{counts.Added}},"known":{{counts.Known}},"quarantined":{{counts.Quarantined}}}"""));
            return;
        }

        output.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{counts.Read} events read, {counts.Added} added, {counts.Known} already there, {counts.Quarantined} quarantined"));
        if (skipped > 0) output.Line(string.Create(CultureInfo.InvariantCulture, $"{skipped} messages that are no events passed over"));
    }
}
