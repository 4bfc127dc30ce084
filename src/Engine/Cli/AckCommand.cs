using System.CommandLine;
using System.Text.Json;
using Qualm.Engine.Hosting;
using Qualm.Engine.Turns;
using Qualm.Model;
using Qualm.Store;
using Qualm.Store.Inbox;
using Spectre.Console;

namespace Qualm.Engine.Cli;

/// <summary><c>qualm ack</c>: tells the engine that somebody has taken an alert.</summary>
internal static class AckCommand
{
    /// <summary>How long a running engine may take to record a command before it is said to wait.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static Command Create(CommonOptions common)
    {
        var target = new Argument<string>("alert") { Description = "Id of the alert or of its episode, or the beginning of one; or the alert's name where only one of that name fires" };
        var by = new Option<string>("--by") { Description = "Who takes it (default: the user)", DefaultValueFactory = _ => Environment.UserName };
        var note = new Option<string>("--note") { Description = "What to tell others about it", DefaultValueFactory = _ => "" };
        var command = new Command("ack", "Take an alert: it does not page again until it has resolved.") { target, by, note, common.Config, common.Data, common.Store, common.Json };
        command.Does(async (parsed, cancellationToken) =>
        {
            var config = common.Read(parsed);
            await using var store = await StoreHost.OpenAsync(StoreLocation.Of(config.Store, config.Data), TimeProvider.System, cancellationToken);
            var named = parsed.GetValue(target)!;
            var fire = (await OpenAlert.ReadAsync(store, all: false, cancellationToken)).Where(a => a.State != TransitionJson.Name(TransitionKind.Pending));
            var found = OpenAlert.Find([.. fire], named);
            if (found is not [var alert])
            {
                Console.Error.WriteLine(found.Count == 0
                    ? $"qualm ack: nothing that fires is called '{named}'; 'qualm alerts --json' lists what does, with its episodes"
                    : $"qualm ack: '{named}' may be any of {string.Join(", ", found.Select(a => $"{a.Name} {a.Episode}"))}");
                return ExitCode.Findings;
            }

            var inbox = new InboxStore(store);
            var id = await inbox.PostAsync(InboxDrain.Acknowledge, EngineEvents.Data(new OperatorCommand.Acknowledge(alert.Episode, parsed.GetValue(by)!, parsed.GetValue(note)!)), cancellationToken);
            Say(alert, parsed.GetValue(common.Json), await TakenAsync(inbox, id, cancellationToken));
            return ExitCode.Good;
        });
        return command;
    }

    private static async Task<bool> TakenAsync(InboxStore inbox, long id, CancellationToken cancellationToken)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (await inbox.IsServedAsync(cancellationToken) && TimeProvider.System.GetElapsedTime(since) < Patience)
        {
            if (!await inbox.IsWaitingAsync(id, cancellationToken)) return true;
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }

        return !await inbox.IsWaitingAsync(id, cancellationToken);
    }

    private static void Say(OpenAlert alert, bool asJson, bool taken)
    {
        if (asJson)
        {
            using var output = Output.Lines();
            output.Line(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["alert"] = alert.Name, ["episode"] = alert.Episode, ["taken"] = taken }));
        }
        else
        {
            Output.People().MarkupLineInterpolated($"{alert.Name} {alert.Episode}: {(taken ? "acknowledged" : "no engine is running; left for the next start")}");
        }
    }
}
