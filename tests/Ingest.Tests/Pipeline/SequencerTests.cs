using FsCheck;
using FsCheck.Fluent;
using Qualm.Ingest.Pipeline;
using Qualm.Model;

namespace Qualm.Ingest.Tests.Pipeline;

public sealed class SequencerTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<ClockStepped> _steps = [];

    [Fact]
    public void Stamps_are_the_wall_clocks_and_strictly_increase()
    {
        var sequencer = Sequencer();
        var start = Now();

        sequencer.Next().ShouldBe(start);
        sequencer.Next().ShouldBe(start + TimeSpan.FromMicroseconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        sequencer.Next().ShouldBe(start + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Successor_behind_the_logs_clock_starts_just_after_it_and_goes_on()
    {
        var log = Now() + TimeSpan.FromHours(1);
        var sequencer = Sequencer(log);

        sequencer.Next().ShouldBe(log + TimeSpan.FromMicroseconds(1));
        _time.Advance(TimeSpan.FromSeconds(100));
        var after = sequencer.Next() - log;
        after.ShouldBeLessThan(TimeSpan.FromSeconds(100));
        after.ShouldBeGreaterThan(TimeSpan.FromSeconds(99.9));
        _steps.ShouldHaveSingleItem().Ahead.ShouldBe(TimeSpan.FromHours(-1) - TimeSpan.FromMicroseconds(1));
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public void Step_of_the_wall_clock_is_told_once_and_followed_slowly(int seconds)
    {
        var sequencer = Sequencer();
        var start = sequencer.Next();
        _time.StepWall(TimeSpan.FromSeconds(seconds));
        for (var i = 0; i < 1000; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            sequencer.Next();
        }

        var gained = sequencer.Last - start - TimeSpan.FromSeconds(100);
        gained.ShouldBe(TimeSpan.FromSeconds(100) * 500e-6 * Math.Sign(seconds), TimeSpan.FromMilliseconds(1));
        _steps.ShouldHaveSingleItem().By.ShouldBe(TimeSpan.FromSeconds(seconds), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void Small_drift_is_caught_up_without_a_word()
    {
        var sequencer = Sequencer();
        sequencer.Next();
        _time.StepWall(TimeSpan.FromMilliseconds(40));
        for (var i = 0; i < 1000; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            sequencer.Next();
        }

        (Now() - sequencer.Last).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(1));
        _steps.ShouldBeEmpty();
    }

    /// <summary>Whatever the clocks do, stamps increase.</summary>
    [Fact]
    public void Stamps_increase_under_any_steps() =>
        Prop.ForAll(Gen.Choose(-5_000_000, 5_000_000).ListOf().ToArbitrary(), moves =>
        {
            var time = new ManualTimeProvider();
            var sequencer = new Sequencer(time, Instant.Epoch, new());
            var last = Instant.Epoch;
            foreach (var move in moves)
            {
                time.StepWall(TimeSpan.FromMicroseconds(move));
                time.Advance(TimeSpan.FromMicroseconds(Math.Abs(move) % 1000));
                var stamp = sequencer.Next();
                if (stamp <= last) return false;
                last = stamp;
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Skewed_clock_is_not_trusted_until_it_is_within_half_the_bound()
    {
        var sequencer = Sequencer();
        var origin = Some.Origin(live: true);
        var skews = (double[])[0, 59, -59, 61, 59, 31, 29, 59, -61, -31, -29];
        var marks = skews.Select(skew => sequencer.Stamp(Some.Received(origin, time: Now() + TimeSpan.FromSeconds(skew)))).ToList();

        marks.Select(e => e.Marks == EventMarks.UntrustedTime).ShouldBe([false, false, false, true, true, true, false, false, true, true, false]);
        marks.ShouldAllBe(e => e.At == (e.Marks == EventMarks.None ? e.Received.Event.EventTime : e.Stamp));
    }

    [Fact]
    public void Trust_is_each_connections_own_and_files_are_always_trusted()
    {
        var sequencer = Sequencer();
        var long_ago = Instant.FromUnix(1000, 0);

        sequencer.Stamp(Some.Received(Some.Origin("a", live: true), time: long_ago)).Marks.ShouldBe(EventMarks.UntrustedTime);
        sequencer.Stamp(Some.Received(Some.Origin("b", live: true), time: Now())).Marks.ShouldBe(EventMarks.None);
        var tailed = sequencer.Stamp(Some.Received(Some.Origin("c"), time: long_ago));
        tailed.Marks.ShouldBe(EventMarks.None);
        tailed.At.ShouldBe(long_ago);
    }

    [Fact]
    public void Event_without_time_gets_its_stamp()
    {
        var stamped = Sequencer().Stamp(Some.Received(Some.Origin(live: true)));

        stamped.At.ShouldBe(stamped.Stamp);
        stamped.Marks.ShouldBe(EventMarks.NoTime);
    }

    private Sequencer Sequencer(Instant log = default) => new(_time, log, new(), _steps.Add);

    private Instant Now() => Instant.From(_time.GetUtcNow());
}
