using FsCheck;
using FsCheck.Fluent;
using Qualm.Ingest.Pipeline;
using Qualm.Model;

namespace Qualm.Ingest.Tests.Pipeline;

/// <summary>Whatever the wall clock does, against the one thing that never errs: the monotonic clock.</summary>
public sealed class StampClockTests
{
    private const long PartsPerMillion = 500;

    /// <param name="Pause">Milliseconds until the next stamp.</param>
    /// <param name="Step">Milliseconds by which the wall clock jumps before it.</param>
    public sealed record Turn(int Pause, int Step);

    private static Gen<(int Log, Turn[] Turns)> Histories =>
        from log in Gen.Frequency((2, Gen.Choose(-3_600_000, 0)), (1, Gen.Choose(0, 3_600_000)))
        from turns in Gen.ListOf(
            from pause in Gen.Frequency((5, Gen.Choose(0, 5)), (3, Gen.Choose(0, 2000)), (1, Gen.Choose(0, 600_000)))
            from step in Gen.Frequency((9, Gen.Constant(0)), (1, Gen.Choose(-400, 400)), (1, Gen.Choose(-7_200_000, 7_200_000)))
            select new Turn(pause, step))
        select (log, turns.ToArray());

    [Fact]
    public void Stamps_strictly_increase_begin_behind_the_log_and_run_as_fast_as_time_itself() =>
        Prop.ForAll(Histories.ToArbitrary(), history =>
        {
            var time = new ManualTimeProvider();
            var started = time.GetTimestamp();
            var wall = Instant.From(time.GetUtcNow());
            var log = wall + TimeSpan.FromMilliseconds(history.Log);
            var clock = new StampClock(time, log, new(), null);
            var begin = Instant.Max(wall, log);
            var last = log;
            for (var i = 0; i < history.Turns.Length; i++)
            {
                time.StepWall(TimeSpan.FromMilliseconds(history.Turns[i].Step));
                time.Advance(TimeSpan.FromMilliseconds(history.Turns[i].Pause));
                var stamp = clock.Next();
                stamp.ShouldBeGreaterThan(last);
                last = stamp;

                var elapsed = time.GetElapsedTime(started).Ticks / TimeSpan.TicksPerMicrosecond;
                var drawn = stamp.Micros - begin.Micros - elapsed;
                Math.Abs(drawn).ShouldBeLessThanOrEqualTo((elapsed * PartsPerMillion / 1_000_000) + i + 2, "no more than the slew, and a microsecond for each stamp");
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_jump_is_told_and_the_stamps_come_to_the_wall_clock_in_the_end() =>
        Prop.ForAll(
            (from size in Gen.Choose(500, 20_000) from forward in Gen.Elements(true, false) select forward ? size : -size).ToArbitrary(),
            jump =>
            {
                var time = new ManualTimeProvider();
                var steps = new List<ClockStepped>();
                var clock = new StampClock(time, Instant.Epoch, new(), steps.Add);
                clock.Next();
                time.StepWall(TimeSpan.FromMilliseconds(jump));
                for (var i = 0; i < 500; i++)
                {
                    time.Advance(TimeSpan.FromSeconds(100));
                    clock.Next();
                }

                steps.ShouldHaveSingleItem().By.ShouldBe(TimeSpan.FromMilliseconds(jump), TimeSpan.FromMilliseconds(1));
                (Instant.From(time.GetUtcNow()) - clock.Last).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(1));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Hosts_half_a_minute_off_are_believed_and_folded_events_tell_both_times()
    {
        var time = new ManualTimeProvider();
        var sequencer = new Sequencer(time, Instant.Epoch, new());
        var now = Instant.From(time.GetUtcNow());
        foreach (var skew in (int[])[30, -30])
        {
            var last = now + TimeSpan.FromSeconds(skew);
            var first = last - TimeSpan.FromMilliseconds(700);
            var stamped = sequencer.Stamp(Some.Received(Some.Origin(live: true), time: last), 5, first, TimeSpan.FromMilliseconds(600));
            (stamped.At, stamped.First, stamped.Marks, stamped.Weight).ShouldBe((last, first, EventMarks.Folded, 5));
        }

        var untrusted = sequencer.Stamp(Some.Received(Some.Origin(live: true), time: now + TimeSpan.FromMinutes(5)), 5, now, TimeSpan.FromMilliseconds(600));
        (untrusted.At, untrusted.First).ShouldBe((untrusted.Stamp, untrusted.Stamp - TimeSpan.FromMilliseconds(600)), "both by the stamps' clock");
        untrusted.Marks.ShouldBe(EventMarks.Folded | EventMarks.UntrustedTime);
    }
}
