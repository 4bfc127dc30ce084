using System.CommandLine;
using System.Text.Json;
using Qualm.Store;
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
            var alerts = await OpenAlert.ReadAsync(store, parsed.GetValue(all), cancellationToken);
            if (parsed.GetValue(common.Json))
            {
                await using var output = Output.Lines();
                foreach (var alert in alerts) output.Line(alert.Transition);
            }
            else
            {
                Print(alerts);
            }

            return ExitCode.Good;
        });
        return command;
    }

    private static void Print(IReadOnlyCollection<OpenAlert> alerts)
    {
        if (alerts.Count == 0)
        {
            Console.Error.WriteLine("nothing fires");
            return;
        }

        var table = new Table { Border = TableBorder.Simple }.AddColumns("alert", "state", "severity", "since", "episode", "summary");
        foreach (var alert in alerts)
        {
            using var json = JsonDocument.Parse(alert.Transition);
            string Text(string member) => Markup.Escape(json.RootElement.GetProperty(member).GetString() ?? "");
            var state = alert.TakenBy is not { } by ? alert.State : by.Length == 0 ? "acknowledged" : $"acknowledged by {by}";
            table.AddRow(Text("alert"), Markup.Escape(state), Text("severity"), Text("at"), alert.Episode[..8], Text("summary"));
        }

        Output.People().Write(table);
    }
}
