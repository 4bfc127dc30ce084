using System.Diagnostics.Metrics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qualm.Engine.Serving.Metrics;

namespace Qualm.Engine.Tests.Serving;

public sealed class MetricTextTests : IDisposable
{
    private readonly Meter _meter = new($"Qualm.Test{Guid.NewGuid():N}");
    private readonly MetricReader _reader = new(Some.Meters());

    public void Dispose()
    {
        _reader.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void A_counter_has_unit_and_total_in_its_name()
    {
        var read = _meter.CreateCounter<long>("t1.read", "By", "Bytes \"read\" from a\\b\nso far.");
        read.Add(5);
        read.Add(6, new KeyValuePair<string, object?>("who", "a\"b\\c\nd"));
        Read("t1_read").ShouldBe("""
            # HELP t1_read_bytes_total Bytes "read" from a\\b\nso far.
            # TYPE t1_read_bytes_total counter
            t1_read_bytes_total 5
            t1_read_bytes_total{who="a\"b\\c\nd"} 6

            """);
    }

    [Fact]
    public void OpenMetrics_names_families_without_total_and_tells_units()
    {
        _meter.CreateCounter<double>("t2.busy", "s", "Busy.").Add(1.5);
        Read("t2_busy", openMetrics: true).ShouldBe("""
            # HELP t2_busy_seconds Busy.
            # TYPE t2_busy_seconds counter
            # UNIT t2_busy_seconds seconds
            t2_busy_seconds_total 1.5

            """);
        _reader.Read(openMetrics: true).ShouldEndWith("\n# EOF\n");
    }

    [Fact]
    public void A_histogram_counts_up_its_buckets()
    {
        var sizes = _meter.CreateHistogram("t3.size", "{row}", "Rows.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 10] });
        foreach (var size in (double[])[0.5, 1, 2, 10, 11]) sizes.Record(size, new KeyValuePair<string, object?>("of", "x"));
        Read("t3_size").ShouldBe("""
            # HELP t3_size Rows.
            # TYPE t3_size histogram
            t3_size_bucket{of="x",le="1"} 2
            t3_size_bucket{of="x",le="10"} 4
            t3_size_bucket{of="x",le="+Inf"} 5
            t3_size_sum{of="x"} 24.5
            t3_size_count{of="x"} 5

            """);
        Read("t3_size", openMetrics: true).ShouldContain("le=\"1.0\"");
    }

    [Fact]
    public void What_is_observed_is_as_it_is_now_and_what_is_gone_is_not_told()
    {
        var values = new List<Measurement<int>> { new(3, new KeyValuePair<string, object?>("k", "a")), new(4, new KeyValuePair<string, object?>("k", "b")) };
        _meter.CreateObservableUpDownCounter("t4.depth", () => values, "{item}", "Depth.");
        Read("t4_depth").ShouldContain("# TYPE t4_depth gauge\nt4_depth{k=\"a\"} 3\nt4_depth{k=\"b\"} 4\n");
        values.RemoveAt(0);
        Read("t4_depth").ShouldEndWith("gauge\nt4_depth{k=\"b\"} 4\n");
    }

    [Fact]
    public void Something_that_cannot_be_observed_does_not_hide_the_rest()
    {
        _meter.CreateObservableGauge<int>("t5.broken", int () => throw new InvalidOperationException());
        _meter.CreateObservableGauge("t5.whole", () => 1);
        Read("t5_whole").ShouldContain("t5_whole 1\n");
    }

    [Fact]
    public void Beyond_a_bound_labels_share_one_series_and_no_count_is_lost()
    {
        var counter = _meter.CreateCounter<long>("t6.wild");
        for (var i = 0; i < MetricSeries.Most + 500; i++) counter.Add(1, new KeyValuePair<string, object?>("vm", i));
        var lines = Read("t6_wild").Split('\n').Where(l => l.StartsWith("t6_wild_total{", StringComparison.Ordinal)).ToList();
        lines.Count.ShouldBe(MetricSeries.Most + 1);
        lines.ShouldContain($"t6_wild_total{{{MetricSeries.Overflow}}} 500");
    }

    [Fact]
    public async Task Many_threads_lose_no_count()
    {
        var (counter, histogram) = (_meter.CreateCounter<long>("t7.count"), _meter.CreateHistogram<double>("t7.time", "s"));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                counter.Add(1);
                histogram.Record(0.25);
            }
        })));
        Read("t7_").ShouldContain("t7_count_total 80000\n");
        Read("t7_").ShouldContain("t7_time_seconds_sum 20000\nt7_time_seconds_count 80000\n");
    }

    [Fact]
    public void Whatever_a_label_holds_it_stays_on_its_line_and_can_be_read_back() =>
        Prop.ForAll<string>(value =>
        {
            var text = new StringBuilder();
            MetricText.Escape(text, value ?? "", quotes: true);
            var escaped = text.ToString();
            return !escaped.Contains('\n') && Unescape(escaped) == (value ?? "");
        }).QuickCheckThrowOnFailure();

    private static string Unescape(string escaped)
    {
        var text = new StringBuilder();
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] == '"') return "a quote ends the label";
            if (escaped[i] != '\\') text.Append(escaped[i]);
            else text.Append(escaped[++i] == 'n' ? '\n' : escaped[i]);
        }

        return text.ToString();
    }

    // Families of this test alone: the listener hears the whole process.
    private string Read(string prefix, bool openMetrics = false) =>
        string.Concat(_reader.Read(openMetrics).Split('\n').Where(l => l.StartsWith(prefix, StringComparison.Ordinal) || (l.StartsWith('#') && l.Split(' ') is [_, _, var name, ..] && name.StartsWith(prefix, StringComparison.Ordinal))).Select(l => l + "\n"));
}
