using FsCheck;
using FsCheck.Fluent;
using Qualm.Model;
using Qualm.Rules.Declarations;

namespace Qualm.Rules.Tests.Declarations;

public sealed class WeeklyTimesTests
{
    private const int Hour = 3600;
    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo", "Africa/Casablanca"];

    [Fact]
    public void Holds_its_start_and_not_its_end()
    {
        var office = Of("Europe/Berlin", (8 * Hour, 18 * Hour));
        office.Contains(At("2026-03-02T06:59:59.999999Z")).ShouldBeFalse();
        office.Contains(At("2026-03-02T07:00:00Z")).ShouldBeTrue();
        office.Contains(At("2026-03-02T16:59:59.999999Z")).ShouldBeTrue();
        office.Contains(At("2026-03-02T17:00:00Z")).ShouldBeFalse();
        office.Contains(At("2026-03-03T12:00:00Z")).ShouldBeFalse();
    }

    [Fact]
    public void Follows_the_clocks_when_they_change()
    {
        var office = Of("Europe/Berlin", (8 * Hour, 18 * Hour));
        office.Contains(At("2026-03-23T06:59:59Z")).ShouldBeFalse();
        office.Contains(At("2026-03-30T06:00:00Z")).ShouldBeTrue();
        office.Contains(At("2026-03-30T16:00:00Z")).ShouldBeFalse();
    }

    [Fact]
    public void An_hour_that_the_clocks_show_twice_is_in_twice()
    {
        var hour = Of("Europe/Berlin", ((6 * WeeklyTimes.Day) + (2 * Hour), (6 * WeeklyTimes.Day) + (3 * Hour)));
        Sum(hour, "2026-10-25T00:00:00Z", 6 * 60).ShouldBe(120);
    }

    [Fact]
    public void An_hour_that_the_clocks_leave_out_is_not_there()
    {
        var hour = Of("Europe/Berlin", ((6 * WeeklyTimes.Day) + (2 * Hour), (6 * WeeklyTimes.Day) + (3 * Hour)));
        Sum(hour, "2026-03-29T00:00:00Z", 6 * 60).ShouldBe(0);
        Sum(hour, "2026-04-05T00:00:00Z", 6 * 60).ShouldBe(60);
    }

    [Fact]
    public void A_night_belongs_to_the_day_on_which_it_starts()
    {
        var night = Of("UTC", ((6 * WeeklyTimes.Day) + (22 * Hour), (7 * WeeklyTimes.Day) + (6 * Hour)));
        night.Contains(At("2026-03-01T21:59:59Z")).ShouldBeFalse();
        night.Contains(At("2026-03-01T22:00:00Z")).ShouldBeTrue();
        night.Contains(At("2026-03-02T05:59:59Z")).ShouldBeTrue();
        night.Contains(At("2026-03-02T06:00:00Z")).ShouldBeFalse();
        night.Contains(At("2026-03-02T22:00:00Z")).ShouldBeFalse();
    }

    [Fact]
    public void Before_1970_weeks_go_on()
    {
        var monday = Of("UTC", (0, WeeklyTimes.Day));
        monday.Contains(At("1969-12-29T00:00:00Z")).ShouldBeTrue();
        monday.Contains(At("1969-12-28T23:59:59.999999Z")).ShouldBeFalse();
        monday.Contains(At("1969-12-30T00:00:00Z")).ShouldBeFalse();
    }

    [Fact]
    public void Agrees_with_the_clocks_of_every_zone_at_every_second()
    {
        // Any second from 1970 to 2099, and a stretch of the week that may run past its end.
        var cases = from second in Gen.Choose(0, 1_000_000).SelectMany(a => Gen.Choose(0, 4_000).Select(b => ((long)a * 4_101) + b))
                    from zone in Gen.Elements(Zones)
                    from start in Gen.Choose(0, WeeklyTimes.Week - 1)
                    from length in Gen.Choose(1, WeeklyTimes.Day)
                    select (second, zone, start, length);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var time = Instant.FromUnix(c.second, 0);
            var local = TimeZoneInfo.ConvertTime(time.ToDateTimeOffset(), TimeZoneInfo.FindSystemTimeZoneById(c.zone)).DateTime;
            var week = (((int)local.DayOfWeek + 6) % 7 * WeeklyTimes.Day) + (int)local.TimeOfDay.TotalSeconds;
            var slow = (week >= c.start && week < c.start + c.length) || week + WeeklyTimes.Week < c.start + c.length;
            return Of(c.zone, (c.start, c.start + c.length)).Contains(time) == slow;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    [Fact]
    public void Stretches_that_meet_are_one_and_equal_times_have_equal_texts()
    {
        var day = Of("UTC", (0, 8 * Hour), (8 * Hour, 20 * Hour), (10 * Hour, WeeklyTimes.Day));
        day.ToString().ShouldBe(Of("UTC", (0, WeeklyTimes.Day)).ToString());
        day.ToString().ShouldStartWith("mon 00:00 to tue 00:00 in UTC");
    }

    [Theory]
    [InlineData("europe/berlin")]
    [InlineData("localtime")]
    [InlineData("Factory")]
    [InlineData("posix/Europe/Berlin")]
    [InlineData("right/Europe/Berlin")]
    [InlineData("../../etc/passwd")]
    [InlineData("Europe")]
    [InlineData("W. Europe Standard Time")]
    [InlineData("")]
    public void Only_names_of_the_database_are_zones(string name) => ZoneOffsets.Find(name).ShouldBeNull();

    private static WeeklyTimes Of(string zone, params (int From, int To)[] stretches) => new(ZoneOffsets.Find(zone).ShouldNotBeNull(), stretches);

    private static Instant At(string text) => Instant.TryParse(text, out var time) ? time : throw new FormatException(text);

    private static int Sum(WeeklyTimes times, string start, int minutes) => Enumerable.Range(0, minutes).Count(m => times.Contains(At(start) + TimeSpan.FromMinutes(m)));
}
