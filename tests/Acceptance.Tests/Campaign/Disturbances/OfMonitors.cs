using Qualm.Acceptance.Tests.Campaign.Traffic;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign.Disturbances;

/// <summary>A monitor is lost while its QEMU lives, and another monitor of it as well.</summary>
internal static class OfMonitors
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static IReadOnlyList<Disturbance> Kinds { get; } =
    [
        new("monitor", "one of two monitors of a VM cut", r => r.Fleet.Twins.Any(), async (r, d) =>
        {
            var twin = d.Of(r.Fleet.Twins.ToList());
            for (var times = d.Between(1, 4); times > 0; times--)
            {
                if (!await IsSteadyAsync(twin)) return;
                await Task.Delay(d.UpTo(500));
                await twin.DropOneAsync(d.Chance(50));
            }
        }),
    ];

    // Else what an engine has just begun with is disturbed, which is another matter.
    private static async Task<bool> IsSteadyAsync(TwinQemu twin)
    {
        try
        {
            await Wait.UntilAsync(() => twin.IsSteady, "both monitors are read", Patience);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
