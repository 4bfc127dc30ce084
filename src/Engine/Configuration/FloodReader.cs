using System.Globalization;
using Qualm.Ingest.Pipeline;

namespace Qualm.Engine.Configuration;

/// <summary>Reads <c>flood</c>: how many events a second a source has recorded one by one, or <c>off</c>.</summary>
internal static class FloodReader
{
    private const int Most = 1_000_000;

    /// <returns>Null: every event is recorded by itself.</returns>
    public static FloodOptions? Read(ConfigNode? node)
    {
        if (node is null) return FloodOptions.Default;
        if (node.IsScalar) return node.Text == "off" ? null : throw node.Fault("must be 'off', or a mapping such as { budget: 200 }");
        node.Allow("budget");
        return node.Find("budget") is { } budget ? FloodOptions.Default with { Budget = Budget(budget) } : FloodOptions.Default;
    }

    private static int Budget(ConfigNode node) =>
        int.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var budget) && budget is >= 1 and <= Most
            ? budget
            : throw node.Fault($"'{node.Text}' is no number of events a second from 1 to {Most}");
}
