using System.CommandLine;
using System.Text.Json;
using Qualm.Store;
using Qualm.Store.Reading;
using Spectre.Console;

namespace Qualm.Engine.Cli;

/// <summary><c>qualm alerts</c>: the alerts on record, by their newest transition.</summary>
internal static class AlertsCommand
{
    public static Command Create(CommonOptions common)
    {
        var all = new Option<bool>("--all") { Description = "Resolved ones too" };
        var command = new Command("alerts", "Show what fires.") { all, common.Config, common.Data, common.Store, common.Json };
        command.Does(async (parsed, cancellationToken) =>
        {
            var config = common.Read(parsed);
            await using var store = await StoreHost.OpenAsync(StoreLocation.Of(config.Store, config.Data), TimeProvider.System, cancellationToken);
            var alerts = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
            await foreach (var batch in new LogReader(store).ReadAsync(new LogQuery { Kinds = LogKinds.Decision }, cancellationToken))
            {
                foreach (ref readonly var row in batch.Rows)
                {
                    // Facts and derived events are decisions too.
                    if (!row.Type.StartsWith("alert_", StringComparison.Ordinal)) continue;
                    if (row.Type == "alert_resolved" && !parsed.GetValue(all)) alerts.Remove(row.Stream);
                    else alerts[row.Stream] = row.Data.ToArray();
                }
            }

            if (parsed.GetValue(common.Json))
            {
                await using var output = Output.Lines();
                foreach (var alert in alerts.Values) output.Line(alert);
            }
            else
            {
                Print(alerts.Values);
            }

            return ExitCode.Good;
        });
        return command;
    }

    private static void Print(SortedDictionary<string, byte[]>.ValueCollection alerts)
    {
        if (alerts.Count == 0)
        {
            Console.Error.WriteLine("nothing fires");
            return;
        }

        var table = new Table { Border = TableBorder.Simple }.AddColumns("alert", "state", "severity", "since", "summary");
        foreach (var bytes in alerts)
        {
            using var json = JsonDocument.Parse(bytes);
            string Text(string member) => Markup.Escape(json.RootElement.GetProperty(member).GetString() ?? "");
            table.AddRow(Text("alert"), Text("transition"), Text("severity"), Text("at"), Text("summary"));
        }

        Output.People().Write(table);
    }
}
