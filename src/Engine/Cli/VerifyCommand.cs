using System.CommandLine;
using Qualm.Engine.Testing;
using Qualm.Engine.Verifying;
using Qualm.Store;
using Qualm.Store.Chain;

namespace Qualm.Engine.Cli;

/// <summary><c>qualm verify</c>: whether the record is what was written, and what was decided is what it leads to.</summary>
internal static class VerifyCommand
{
    public static Command Create(CommonOptions common)
    {
        var head = new Option<ChainHead?>("--head")
        {
            Description = "A head of the chain that an earlier run printed, as NUMBER:HASH; it must still be in the chain",
            CustomParser = result =>
            {
                var text = result.Tokens.Single().Value;
                if (ChainHead.TryParse(text, out var noted)) return noted;
                result.AddError($"--head: '{text}' is no head of the chain such as 412:9f86d0… with 64 hex digits");
                return null;
            },
        };
        var command = new Command("verify", "Prove that the record is what was written and that it leads to what was decided. Writes nothing; runs beside the service or without it.")
        {
            head, common.Config, common.Data, common.Store, common.Json,
        };
        command.Does(async (parsed, cancellationToken) =>
        {
            var config = common.Read(parsed);
            await using var store = await StoreHost.OpenAsync(StoreLocation.Of(config.Store, config.Data), TimeProvider.System, cancellationToken);
            await using var lines = Output.Lines();
            IVerificationOutput output = parsed.GetValue(common.Json) ? new JsonVerification(lines) : new TextVerification(lines);
            var findings = 0L;
            VerificationReport report;
            using (var progress = new ProgressLine(TimeProvider.System))
            {
                report = await new Verification(store, Found, progress.Say).RunAsync(parsed.GetValue(head), cancellationToken);
            }

            output.End(report);
            return findings == 0 ? ExitCode.Good : ExitCode.Findings;

            void Found(Finding finding)
            {
                findings++;
                output.Found(finding);
            }
        });
        return command;
    }
}
