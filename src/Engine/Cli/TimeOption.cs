using System.CommandLine;
using Qualm.Model;

namespace Qualm.Engine.Cli;

/// <summary>Options that take a point in time.</summary>
internal static class TimeOption
{
    public static Option<Instant?> Create(string name, string description) => new(name)
    {
        Description = description + " (RFC 3339, e.g. 2026-01-01T00:00:00Z)",
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (Instant.TryParse(text, out var time)) return time;
            result.AddError($"{name}: '{text}' is not a time such as 2026-01-01T00:00:00Z");
            return null;
        },
    };
}
