using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Qualm.Engine.Tests.Serving;

/// <summary>docs/logging.md tells of every line that can be logged, and of none that cannot.</summary>
public sealed partial class LogPageTests
{
    private static readonly IReadOnlyList<(string Project, LoggerMessageAttribute Message)> All =
        [.. ((string[])["Ingest", "Store", "Projections", "Rules", "Actions", "Engine"])
            .SelectMany(project => Assembly.Load($"Qualm.{project}").GetTypes()
                .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                .Select(m => (project, m.GetCustomAttribute<LoggerMessageAttribute>()!))
                .Where(m => m.Item2 is not null))];

    [Fact]
    public void The_page_tells_every_line_with_its_level_and_text() =>
        File.ReadLines(Repository.PathOf("docs/logging.md"))
            .Select(l => Row().Match(l))
            .Where(m => m.Success)
            .Select(m => m.Value)
            .Order(StringComparer.Ordinal)
            .ShouldBe(All.Select(m => $"| {m.Message.EventId} | {m.Message.Level} | {m.Message.Message} |").Order(StringComparer.Ordinal));

    [Fact]
    public void Every_row_of_the_page_says_what_to_do() =>
        File.ReadLines(Repository.PathOf("docs/logging.md")).Where(l => Row().IsMatch(l)).ShouldAllBe(l => l.Split('|', StringSplitOptions.TrimEntries)[4].Length > 10);

    [Fact]
    public void No_event_id_is_used_twice() =>
        All.GroupBy(m => m.Message.EventId).Where(g => g.Count() > 1).Select(g => g.Key).ShouldBeEmpty();

    [Fact]
    public void Every_project_keeps_to_its_thousand() =>
        All.GroupBy(m => m.Project).ShouldAllBe(g => g.Select(m => m.Message.EventId / 1000).Distinct().Count() == 1);

    [GeneratedRegex(@"^\| \d{4} \| \w+ \| [^|]* \|")]
    private static partial Regex Row();
}
