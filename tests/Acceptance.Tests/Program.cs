using System.Globalization;
using Qualm.Acceptance.Tests.Campaign;
using Qualm.Engine.Configuration;
using Qualm.Engine.Hosting;

namespace Qualm.Acceptance.Tests;

/// <summary>What this assembly does when it is run as a program: <c>campaign N [--seed S]</c>, and <c>engine CLOCK --config FILE</c>, which the campaign starts.</summary>
internal static class Program
{
    private const int Misuse = 2;

    public static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["engine", var file, "--config", var config]:
                using (var signals = new ServiceSignals())
                using (var clock = new SteppedClock(file))
                {
                    return await ServiceHost.RunAsync(
                        ConfigReader.Read(config, new ConfigOverrides(null, null, null, [])), new Onlookers(any: false), clock, signals, CancellationToken.None);
                }

            case ["campaign", var count, .. var rest] when int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var disturbances) && disturbances > 0 && Seed(rest) is { } seed:
                return await CampaignRun.ToConsoleAsync(disturbances, seed);

            default:
                await Console.Error.WriteLineAsync("usage: campaign DISTURBANCES [--seed SEED]");
                return Misuse;
        }
    }

    private static int? Seed(string[] rest) => rest switch
    {
        [] => Environment.TickCount & 0xF_FFFF,
        ["--seed", var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) => seed,
        _ => null,
    };
}
