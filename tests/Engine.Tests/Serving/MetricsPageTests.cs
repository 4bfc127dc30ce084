using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Qualm.Actions;
using Qualm.Engine.Serving;
using Qualm.Engine.Serving.Metrics;
using Qualm.Engine.Spooling;
using Qualm.Ingest;

namespace Qualm.Engine.Tests.Serving;

/// <summary>docs/metrics.md tells of every metric that is published, and of none that is not.</summary>
public sealed partial class MetricsPageTests
{
    [Fact]
    public void The_page_tells_what_our_meters_publish_in_their_words() =>
        Compare(Rows("qualm_"), Published("Qualm.").Select(s => $"| `{s.Name.Full}` | {Kind(s)} | {s.Help} |"));

    [Fact]
    public void The_page_tells_what_the_runtime_publishes() =>
        Compare(Rows("dotnet_").Select(row => string.Join('|', row.Split('|')[..3])), Published("System.Runtime").Select(s => $"| `{s.Name.Full}` | {Kind(s)} "));

    [Fact]
    public void No_instrument_in_the_sources_is_missing_from_this_test()
    {
        var named = Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Instrument().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value));
        named.ShouldBe(Instruments("Qualm.").Select(i => i.Name), ignoreOrder: true);
    }

    [Fact]
    public void Every_instrument_says_what_it_is_and_what_it_counts()
    {
        foreach (var instrument in Instruments("Qualm."))
        {
            instrument.Description.ShouldNotBeNullOrWhiteSpace(instrument.Name);
            if (instrument.Unit is not null) instrument.Unit.ShouldMatch(@"^(s|By|\{[a-z_]+\})$", instrument.Name);
        }
    }

    private static void Compare(IEnumerable<string> page, IEnumerable<string> program)
    {
        program.Except(page).ShouldBeEmpty("the page does not tell of these");
        page.Except(program).ShouldBeEmpty("these are told of and not there");
    }

    /// <summary>Makes every class of metrics there is. A new one belongs here.</summary>
    private static IEnumerable<object> MakeAll()
    {
        var meters = Some.Meters();
        yield return meters;
        yield return new EngineWatch(new ServiceHealth(TimeProvider.System), meters, "1", TimeProvider.System);
        yield return new IngestMetrics(meters);
        yield return new SpoolMetrics(meters);
        yield return new ActionsMetrics(meters);
    }

    private static List<Instrument> Instruments(string meter)
    {
        var found = new Dictionary<string, Instrument>(StringComparer.Ordinal);
        var made = MakeAll().ToList();
        using var listener = new MeterListener
        {
            // Other tests of this process make meters as well.
            InstrumentPublished = (instrument, _) => found.TryAdd(instrument.Meter.Name.StartsWith("Qualm.Test", StringComparison.Ordinal) ? "" : instrument.Name, instrument),
        };
        listener.Start();
        GC.KeepAlive(made);
        return [.. found.Where(f => f.Key.Length > 0 && f.Value.Meter.Name.StartsWith(meter, StringComparison.Ordinal)).Select(f => f.Value)];
    }

    private static IEnumerable<MetricSeries> Published(string meter) => Instruments(meter).Select(i => new MetricSeries(i));

    private static IEnumerable<string> Rows(string prefix) =>
        File.ReadLines(Repository.PathOf("docs/metrics.md")).Where(l => l.StartsWith($"| `{prefix}", StringComparison.Ordinal)).Select(l => Label().Replace(l, "` |")).Where(l => Row().IsMatch(l));

    private static string Kind(MetricSeries series) => series.Name.Kind.ToString().ToLowerInvariant();

    // Labels stand in the name's cell, behind it.
    [GeneratedRegex(@"` \{[^}]*\} \|")]
    private static partial Regex Label();

    [GeneratedRegex(@"^\| `\w+` \| (counter|gauge|histogram) \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"\.Create(?:Observable)?(?:Counter|UpDownCounter|Gauge|Histogram)(?:<\w+>)?\(\s*""([^""]+)""")]
    private static partial Regex Instrument();
}
