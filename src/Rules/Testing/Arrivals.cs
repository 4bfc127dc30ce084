using System.Collections.Immutable;
using System.Text.Json;
using Qualm.Model;

namespace Qualm.Rules.Testing;

/// <summary>The orders in which the inputs of a test may reach the engine.</summary>
public static class Arrivals
{
    /// <summary>How many orders <see cref="Reordered"/> gives.</summary>
    public const int Orders = 4;

    /// <summary>How much later than it happened a rate-limited event may arrive.</summary>
    public static TimeSpan MostDelay(EventCatalogue catalogue) => catalogue.Events.Max(e => e.RateLimit?.Period ?? TimeSpan.Zero);

    /// <summary>Each at its time.</summary>
    public static ImmutableArray<Arrival> InOrder(RuleTest test) => [.. test.Inputs.Select((_, i) => new Arrival(i, TimeSpan.Zero))];

    /// <summary>
    /// Rate-limited events delayed by up to their period, as QEMU does with those that follow an event of the same limit too
    /// closely, and VMs whose events have equal times interleaved differently. Events of one limit keep their order, and so do
    /// those of one VM that are not limited.
    /// </summary>
    /// <param name="order">0 delays every limited event by the whole period; higher numbers by different parts of it.</param>
    public static ImmutableArray<Arrival> Reordered(RuleTest test, EventCatalogue catalogue, int order)
    {
        var arrivals = new Arrival[test.Inputs.Length];
        var newest = new Dictionary<(string, string, string), TimeSpan>();
        for (var i = 0; i < arrivals.Length; i++)
        {
            var input = test.Inputs[i];
            if (catalogue.Find(input.Event)?.RateLimit is not { } limit || IsNeverDelayed(input))
            {
                arrivals[i] = new Arrival(i, TimeSpan.Zero);
                continue;
            }

            var key = (input.Vm, input.Event, KeyOf(input, limit));
            var due = input.Offset + (order == 0 ? limit.Period : limit.Period * (Scatter(i, order) % 1000 / 1000.0));
            if (newest.TryGetValue(key, out var before) && before > due) due = before;
            newest[key] = due;
            arrivals[i] = new Arrival(i, due - input.Offset);
        }

        var vms = test.Inputs.Select(i => i.Vm).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        return
        [
            .. arrivals.OrderBy(a => test.Inputs[a.Index].Offset + a.Delay)
                .ThenBy(a => Scatter(Array.IndexOf(vms, test.Inputs[a.Index].Vm), order + 1))
                .ThenBy(a => a.Index),
        ];
    }

    // QEMU sends an error that stops the VM at once, whatever came before: the STOP that follows must not overtake it.
    private static bool IsNeverDelayed(RuleTestInput input) => input.Event == "BLOCK_IO_ERROR" && Member(input, "action") == "\"stop\"";

    private static string KeyOf(RuleTestInput input, RateLimit limit) => limit.Key is { } member ? Member(input, member) : "";

    private static string Member(RuleTestInput input, string name)
    {
        if (string.IsNullOrEmpty(input.Data)) return "";
        using var json = JsonDocument.Parse(input.Data);
        return json.RootElement.TryGetProperty(name, out var value) ? value.GetRawText() : "";
    }

    // Spreads small numbers evenly and the same way every time (the finaliser of SplitMix64).
    private static ulong Scatter(int number, int order)
    {
        var z = ((ulong)(uint)number << 8) + (ulong)(uint)order + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
