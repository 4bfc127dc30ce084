using System.Globalization;
using Qualm.Acceptance.Tests.Campaign;
using Qualm.Acceptance.Tests.Support;
using Xunit.Abstractions;

namespace Qualm.Acceptance.Tests.Live;

/// <summary>A short crash campaign; <c>./test --campaign N</c> runs a long one. <c>QUALM_CAMPAIGN</c> is how many disturbances, <c>QUALM_SEED</c> what is thrown.</summary>
public sealed class CampaignTests(ITestOutputHelper output)
{
    [PostgresFact]
    public async Task Whatever_breaks_nothing_is_lost_invented_or_decided_otherwise()
    {
        var run = new CampaignRun(Setting("QUALM_CAMPAIGN", 6), Setting("QUALM_SEED", 4), output.WriteLine);
        await run.RunAsync(CancellationToken.None);
        run.Failed.ShouldBe(0, "see the output");
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
