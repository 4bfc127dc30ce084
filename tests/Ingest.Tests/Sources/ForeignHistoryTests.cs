using Qualm.Ingest.Sources;
using Qualm.Model;

namespace Qualm.Ingest.Tests.Sources;

public sealed class ForeignHistoryTests
{
    private const double Day = 86_400;

    [Fact]
    public async Task Clock_is_the_highest_time_read() =>
        (await Stamp([[10, 5, 20]])).ShouldBe([("0.0", 10, 10, false), ("0.1", 5, 10, false), ("0.2", 20, 20, false)]);

    [Fact]
    public async Task Event_without_time_takes_that_of_the_one_before() =>
        (await Stamp([[null, null, 10, 5, null]])).ShouldBe(
            [("0.0", 10, 10, true), ("0.1", 10, 10, true), ("0.2", 10, 10, false), ("0.3", 5, 10, false), ("0.4", 5, 10, true)]);

    [Fact]
    public async Task File_without_any_time_is_of_1970() =>
        (await Stamp([[null, null]])).ShouldBe([("0.0", 0, 0, true), ("0.1", 0, 0, true)]);

    [Fact]
    public async Task Files_are_merged_by_time_stable_by_file_and_line() =>
        (await Stamp([[10, 30, 30], [10, 20, 30], [5]])).Select(e => e.Which)
            .ShouldBe(["2.0", "0.0", "1.0", "1.1", "0.1", "0.2", "1.2"]);

    [Fact]
    public async Task Disorder_within_a_file_stays() =>
        (await Stamp([[10, 5, 20], [7, 8]])).ShouldBe(
            [("1.0", 7, 7, false), ("1.1", 8, 8, false), ("0.0", 10, 10, false), ("0.1", 5, 10, false), ("0.2", 20, 20, false)]);

    [Fact]
    public async Task Jump_that_the_next_event_does_not_confirm_is_no_time() =>
        (await Stamp([[10, 10 + (40 * Day), 20]])).ShouldBe([("0.0", 10, 10, false), ("0.1", 10, 10, true), ("0.2", 20, 20, false)]);

    [Fact]
    public async Task Jump_that_the_next_event_confirms_is_one() =>
        (await Stamp([[10, 10 + (40 * Day), 11 + (40 * Day)]])).Select(e => e.Stamp)
            .ShouldBe([10, 10 + (40 * Day), 11 + (40 * Day)]);

    [Fact]
    public async Task Jump_of_the_last_event_has_nobody_to_confirm_it() =>
        (await Stamp([[10, 10 + (2 * Day)]]))[1].ShouldBe(("0.1", 10, 10, true));

    [Fact]
    public async Task Step_of_a_day_needs_no_one() =>
        (await Stamp([[10, 10 + Day]]))[1].ShouldBe(("0.1", 10 + Day, 10 + Day, false));

    [Fact]
    public async Task Garbage_between_does_not_confirm_and_keeps_its_place()
    {
        var inputs = new List<StampedInput>();
        await foreach (var input in ForeignHistory.StampAsync([Items(0, [10, 10 + (3 * Day), double.NaN, 11 + (3 * Day)])])) inputs.Add(input);

        inputs.Select(i => i is StampedInput.Garbage).ShouldBe([false, false, true, false]);
        inputs.Select(i => Seconds(i.Stamp)).ShouldBe([10, 10 + (3 * Day), 10 + (3 * Day), 11 + (3 * Day)]);
    }

    [Fact]
    public void Extreme_times_do_not_overflow()
    {
        var clock = new HistoryClock(new Instant(long.MinValue));
        clock.NeedsNext(new Instant(long.MaxValue)).ShouldBeTrue();
        clock.Read(new Instant(long.MaxValue), new Instant(long.MaxValue)).Stamp.ShouldBe(new Instant(long.MaxValue));
        clock.NeedsNext(new Instant(long.MinValue)).ShouldBeFalse();
    }

    private static async Task<List<(string Which, double At, double Stamp, bool NoTime)>> Stamp(double?[][] files)
    {
        var result = new List<(string, double, double, bool)>();
        await foreach (var input in ForeignHistory.StampAsync([.. files.Select((times, i) => Items(i, times))]))
        {
            var e = input.ShouldBeOfType<StampedInput.Event>();
            result.Add((e.Received.Event.Name, Seconds(e.At), Seconds(e.Stamp), e.Marks == EventMarks.NoTime));
        }

        return result;
    }

    // NaN stands for garbage.
    private static async IAsyncEnumerable<SourceItem> Items(int file, double?[] times)
    {
        for (var line = 0; line < times.Length; line++)
        {
            await Task.Yield();
            Instant? time = times[line] is { } t && !double.IsNaN(t) ? new Instant((long)(t * Instant.Second)) : null;
            yield return times[line] is double.NaN
                ? new SourceItem.Garbage(new("f", line, 1, "scripted", default, EventIds.OfGarbage("f", line, 1, [])))
                : new SourceItem.Event(Some.Received(Some.Origin(), $"{file}.{line}", time));
        }
    }

    private static double Seconds(Instant time) => (double)time.Micros / Instant.Second;
}
