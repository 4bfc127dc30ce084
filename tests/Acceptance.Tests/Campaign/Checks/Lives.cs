using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign.Checks;

/// <summary>What the decisions about one alert may look like, one after the other, whatever its rule.</summary>
internal static class Lives
{
    public static void ShouldBeAllowed(IReadOnlyList<StoredEvent> decisions)
    {
        foreach (var alert in decisions.Where(d => d.Stream.StartsWith("alert/", StringComparison.Ordinal)).GroupBy(d => d.Stream))
        {
            string? open = null;
            var over = new HashSet<string>(StringComparer.Ordinal);
            foreach (var decision in alert)
            {
                var (transition, episode) = (decision.Text("transition"), decision.Text("episode"));
                over.ShouldNotContain(episode, $"an episode goes on after its end: {decision}");
                if (open is not null && episode != open) open = Forgotten(alert, open, decision);
                switch (transition)
                {
                    case "resolved":
                        open.ShouldBe(episode, $"what was not open is resolved: {decision}");
                        over.Add(episode);
                        open = null;
                        break;
                    case "firing" or "pending":
                        open = episode;
                        break;
                    default:
                        open.ShouldBe(episode, $"nothing is open: {decision}");
                        break;
                }
            }
        }
    }

    // What only waited may be given up without a word; what fired may not.
    private static string? Forgotten(IEnumerable<StoredEvent> alert, string episode, StoredEvent next)
    {
        alert.Where(d => d.Text("episode") == episode).ShouldAllBe(d => d.Text("transition") == "pending" || d.Text("transition") == "unknown", $"an episode never ended before {next}");
        return null;
    }
}
