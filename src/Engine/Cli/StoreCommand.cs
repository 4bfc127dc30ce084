using System.CommandLine;
using System.Text.Json;
using Qualm.Store;
using Qualm.Store.Outbox;
using Qualm.Store.Quarantine;
using Qualm.Store.Reading;

namespace Qualm.Engine.Cli;

/// <summary><c>qualm store</c>: how to reach the database, and what is in it.</summary>
internal static class StoreCommand
{
    public static Command Create(CommonOptions common)
    {
        var command = new Command("store", "Tell how to reach the database, and how far the log has come.")
        {
            common.Config, common.Data, common.Store, common.Json,
        };
        command.Does(async (parsed, cancellationToken) =>
        {
            var config = common.Read(parsed);
            await using var store = await StoreHost.OpenAsync(StoreLocation.Of(config.Store, config.Data), TimeProvider.System, cancellationToken);
            var progress = await new ProgressReader(store).ReadAsync(cancellationToken);
            var counts = await new LogReader(store).CountAsync(cancellationToken);
            var outbox = await new OutboxStore(store).CountAsync(cancellationToken);
            var quarantined = await new QuarantineReader(store).CountAsync(cancellationToken);
            await using var output = Output.Lines();
            if (parsed.GetValue(common.Json))
            {
                output.Line(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
                {
                    ["psql"] = store.Describe(),
                    ["schema"] = store.Schema,
                    ["epoch"] = progress.Epoch,
                    ["turn"] = progress.Turn,
                    ["position"] = progress.Position.Value,
                    ["events"] = counts.ToDictionary(c => c.Key.ToString().ToLowerInvariant(), c => c.Value),
                    ["quarantined"] = quarantined,
                    ["outbox"] = new Dictionary<string, long> { ["pending"] = outbox.Pending, ["delivered"] = outbox.Delivered, ["dead"] = outbox.Dead },
                }));
                return ExitCode.Good;
            }

            output.Line(store.Describe());
            output.Line($"schema     {store.Schema}");
            output.Line($"progress   epoch {progress.Epoch}, turn {progress.Turn}, position {progress.Position}, clock {(progress.Turn == 0 ? "-" : progress.Clock.ToString())}");
            output.Line($"events     {string.Join(", ", counts.OrderBy(c => c.Key).Select(c => $"{c.Value} {c.Key.ToString().ToLowerInvariant()}"))}");
            output.Line($"quarantine {quarantined}");
            output.Line($"outbox     {outbox.Pending} pending, {outbox.Delivered} delivered, {outbox.Dead} dead");
            return ExitCode.Good;
        });
        return command;
    }
}
