using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qualm.Ingest.Pipeline;
using Qualm.Ingest.Qmp;
using Qualm.Ingest.Sources;
using Qualm.Model;

namespace Qualm.Ingest.Tests.Pipeline;

public sealed class FloodFoldTests
{
    private const long Second = Instant.Second;

    private static readonly FloodOptions Ten = new() { Budget = 10 };
    private static readonly EventOrigin Origin = Some.Origin(live: true);

    /// <param name="Gap">Since the one before, in microseconds.</param>
    /// <param name="Skew">QEMU's time against receipt, in microseconds; null: it gives none.</param>
    public sealed record Step(int Gap, int Content, int? Skew, bool Pressed);

    [Fact]
    public void Below_the_budget_everything_passes_at_once_as_it_is()
    {
        var given = Run(Ten, Enumerable.Repeat(new Step(100_000, 1, 0, false), 50));

        given.Count.ShouldBe(50);
        given.ShouldAllBe(g => g.Arrival.Run == null && g.At == g.Arrival.ReceivedAt);
    }

    [Fact]
    public void Equal_events_beyond_the_budget_become_one_that_tells_their_number_and_times()
    {
        var given = Run(Ten, Enumerable.Repeat(new Step(1000, 1, -50, false), 1000));

        given.Sum(g => g.Arrival.Weight).ShouldBe(1000);
        given.Count.ShouldBeInRange(19, 21);
        var run = given[10].Arrival;
        run.Weight.ShouldBeGreaterThan(50);
        ((SourceItem.Event)run.Item).Received.Event.EventTime!.Value.Micros.ShouldBe(run.First!.Value.Micros + ((run.Weight - 1) * 1000));
    }

    [Fact]
    public void Kinds_that_alternate_in_a_flood_are_folded_each_with_its_own()
    {
        var given = Run(FloodOptions.Default, Enumerable.Range(0, 32_000).Select(i => new Step(62, i % 3, 0, false)));

        given.Sum(g => g.Arrival.Weight).ShouldBe(32_000);
        given.Count.ShouldBeLessThanOrEqualTo(1000, "two seconds of the budget, what may come at once, and what came before it was a flood");
    }

    [Fact]
    public void Flood_that_comes_in_bursts_is_one_flood()
    {
        var given = Run(FloodOptions.Default, Enumerable.Range(0, 32_000).Select(i => new Step(i % 1600 == 0 ? 100_000 : 10, i % 2, 0, false)));

        given.Sum(g => g.Arrival.Weight).ShouldBe(32_000);
        given.Count.ShouldBeLessThanOrEqualTo(1200, "two seconds and a bit");
    }

    [Fact]
    public void Kinds_that_alternate_slower_than_a_flood_pass_at_once()
    {
        var given = Run(FloodOptions.Default, Enumerable.Range(0, 6000).Select(i => new Step(1000, i % 2, 0, false)));

        given.Count.ShouldBe(6000);
        given.ShouldAllBe(g => g.At == g.Arrival.ReceivedAt);
    }

    [Fact]
    public void Event_in_a_run_that_is_no_flood_ends_it_and_comes_behind_it()
    {
        var steps = Enumerable.Repeat(new Step(3000, 1, 0, false), 200).Append(new Step(0, 2, 0, false));
        var given = Run(Ten with { FloodFactor = 100 }, steps);

        Content(given[^1]).ShouldBe(2);
        given[^1].At.ShouldBe(given[^1].Arrival.ReceivedAt);
        given.Sum(g => g.Arrival.Weight).ShouldBe(201);
    }

    [Fact]
    public void Events_that_differ_each_from_all_others_are_given_one_by_one()
    {
        var given = Run(Ten with { MostRuns = 8 }, Enumerable.Range(0, 5000).Select(i => new Step(60, i, 0, false)));

        given.Count.ShouldBe(5000);
    }

    [Fact]
    public void Members_beside_the_data_keep_events_apart()
    {
        AreEqual("""{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}""", """{"timestamp": {"seconds": 1, "microseconds": 30}, "event": "STOP"}""").ShouldBeTrue();
        AreEqual("""{"event": "STOP"}""", """{"event": "STOP"}""").ShouldBeTrue();
        AreEqual("""{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP", "x": 1}""", """{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}""").ShouldBeFalse();
        AreEqual("""{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP", "x": 1}""", """{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP", "x": 2}""").ShouldBeFalse();
        AreEqual("""{"event": "RESET", "data": {"guest": true}}""", """{"event": "RESET", "data": {"guest": false}}""").ShouldBeFalse();
    }

    [Fact]
    public void Without_room_only_what_joins_is_taken()
    {
        var given = new List<Arrival>();
        var fold = new FloodFold(Ten, given.Add);

        fold.TryTake(Event(1, 0, 1), 0, pressed: true, room: false).ShouldBeFalse();
        fold.TryTake(Event(1, 0, 1), 0, pressed: true, room: true).ShouldBeTrue();
        fold.TryTake(Event(1, 1, 2), 1, pressed: true, room: false).ShouldBeTrue();
        fold.TryTake(Event(2, 2, 3), 2, pressed: true, room: false).ShouldBeFalse();
        given.ShouldBeEmpty();
        fold.CloseDue(Second, pressed: true);
        given.ShouldHaveSingleItem().Weight.ShouldBe(2);
    }

    /// <summary>Whatever comes whenever: nothing uncounted, nothing out of order, nothing wider or held longer than a second, and the same again.</summary>
    [Fact]
    public void Nothing_is_lost_reordered_or_held_too_long() =>
        Prop.ForAll(Streams.ToArbitrary(), stream =>
        {
            var (steps, budget) = stream;
            var options = new FloodOptions { Budget = budget, MostRuns = 4 };
            var given = Run(options, steps);
            var sent = Events(steps);

            var counts = given.GroupBy(Content).ToDictionary(g => g.Key, g => g.Sum(x => x.Arrival.Weight));
            foreach (var content in sent.GroupBy(s => s.Step.Content)) counts[content.Key].ShouldBe(content.Count());
            counts.Count.ShouldBe(sent.Select(s => s.Step.Content).Distinct().Count());

            given.Zip(given.Skip(1)).ShouldAllBe(pair => pair.First.Arrival.ReceivedAt <= pair.Second.Arrival.ReceivedAt);
            Ordinals(given).ShouldBe([.. Ordinals(given).Distinct()], "no event is given twice");
            foreach (var (arrival, at) in given)
            {
                arrival.Span.ShouldBeInRange(TimeSpan.Zero, options.Longest);
                (at - arrival.ReceivedAt).ShouldBeInRange(0, Second);
                if (arrival.Run is not { } run) continue;
                (at - run.FirstAt).ShouldBeInRange(0, Second);
                run.Weight.ShouldBeGreaterThan(1);
                if (run.First is not { } first) continue;
                (((SourceItem.Event)arrival.Item).Received.Event.EventTime!.Value.Micros - first.Micros).ShouldBeInRange(0, Second);
            }

            Run(options, steps).Select(Told).ShouldBe(given.Select(Told));
        }).QuickCheckThrowOnFailure();

    /// <summary>However fast one kind comes, it takes no more than its budget.</summary>
    [Fact]
    public void Rows_of_one_kind_stay_within_the_budget() =>
        Prop.ForAll(Streams.ToArbitrary(), stream =>
        {
            var (steps, budget) = stream;
            var same = steps.Select(s => s with { Content = 1, Skew = 0, Pressed = false }).ToList();
            var seconds = same.Sum(s => (double)s.Gap) / Second;

            Run(new FloodOptions { Budget = budget }, same).Count.ShouldBeLessThanOrEqualTo((int)(budget * (seconds + 1)) + budget + 1);
        }).QuickCheckThrowOnFailure();

    private static Gen<(List<Step> Steps, int Budget)> Streams =>
        from budget in Gen.Choose(1, 30)
        from kinds in Gen.Choose(1, 7)
        from count in Gen.Choose(0, 400)
        from steps in Gen.ListOf(
            from gap in Gen.Frequency((20, Gen.Choose(0, 200)), (4, Gen.Choose(0, 20_000)), (1, Gen.Choose(0, 900_000)))
            from content in Gen.Choose(1, kinds)
            from skew in Gen.Frequency((20, Gen.Choose(-500, 0).Select(s => (int?)s)), (2, Gen.Constant((int?)null)), (1, Gen.Choose(-2_000_000, 2_000_000).Select(s => (int?)s)))
            from pressed in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
            select new Step(gap, content, skew, pressed), count)
        select (steps.ToList(), budget);

    private static string Told((Arrival Arrival, long At) given) =>
        $"{Content(given)} {given.Arrival.Weight} {given.Arrival.ReceivedAt} {given.Arrival.First} {given.At} {((SourceItem.Event)given.Arrival.Item).Received.Ordinal}";

    private static long[] Ordinals(IEnumerable<(Arrival Arrival, long At)> given) =>
        [.. given.Select(g => ((SourceItem.Event)g.Arrival.Item).Received.Ordinal)];

    private static int Content((Arrival Arrival, long At) given) =>
        int.Parse(Encoding.ASCII.GetString(((SourceItem.Event)given.Arrival.Item).Received.Event.Data.Span)[5..^2], System.Globalization.CultureInfo.InvariantCulture);

    private static bool AreEqual(string one, string other)
    {
        var (a, b) = (Decode(one), Decode(other));
        return Ingest.Pipeline.Content.AreEqual(new(a, Origin, Guid.Empty, 1), new(b, Origin, Guid.Empty, 2));
    }

    private static List<(Step Step, long At)> Events(IReadOnlyList<Step> steps)
    {
        var at = 0L;
        return [.. steps.Select(s => (s, at += s.Gap))];
    }

    // The timer is on time, and the last runs end when they are due.
    private static List<(Arrival Arrival, long At)> Run(FloodOptions options, IEnumerable<Step> steps)
    {
        var given = new List<(Arrival, long)>();
        var now = 0L;
        var fold = new FloodFold(options, arrival => given.Add((arrival, now)));
        var n = 0;
        foreach (var (step, at) in Events([.. steps]))
        {
            while (fold.Due(now, pressed: false) is var due && due < at)
            {
                now = due;
                fold.CloseDue(now, pressed: false);
            }

            now = at;
            fold.TryTake(Event(step.Content, step.Skew is { } skew ? at + skew : null, ++n), now, step.Pressed, room: true).ShouldBeTrue();
        }

        while (fold.Open > 0)
        {
            now = fold.Due(now, pressed: false);
            fold.CloseDue(now, pressed: false);
        }

        return given;
    }

    private static SourceItem.Event Event(int content, long? time, long n)
    {
        var line = Some.Line("STOP", time is { } t ? new Instant((60 * Second) + t) : null)[..^1] + $$""", "data": {"c":{{content}} } }""";
        return new(new(Decode(line), Origin, Guid.Empty, n)) { Foldable = true };
    }

    private static QmpEvent Decode(string line) => ((QmpMessage.Event)QmpDecoder.Decode(Encoding.UTF8.GetBytes(line), QmpCatalogue.Instance)).Value;
}
