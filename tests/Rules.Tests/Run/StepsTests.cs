using FsCheck;
using FsCheck.Fluent;

namespace Qualm.Rules.Tests.Run;

public sealed class StepsTests
{
    private const string AfterDiskError = """
        - alert: A
          sequence:
          - a: { on: BLOCK_IO_ERROR, where: 'event.data.action != "ignore"' }
          - unless: { on: [SHUTDOWN, RESET] }
          - b: { on: GUEST_PANICKED }
          within: 2m
          annotations: { summary: "{{ a.data.device }} then {{ event.name }}" }
        """;

    private const string TwoChildren = """
        - alert: A
          all:
          - a: { on: QUORUM_REPORT_BAD }
          - b: { on: QUORUM_REPORT_BAD, where: 'b.data.node_name != a.data.node_name' }
          within: 1m
          resolve: { quiet: 5m }
        """;

    private sealed record Arrival(long At, long Stamp, long Position, string Name);

    [Fact]
    public void A_sequence_with_unless_waits_until_what_is_between_has_settled()
    {
        var timeline = new Timeline(Timeline.Group(AfterDiskError)).Add(0, "BLOCK_IO_ERROR", data: Io("stop")).Add(120000, "GUEST_PANICKED").Tick(200000);
        timeline.Lines.ShouldBe(["firing A [vm-1] at 120000 decided 122000 because 1,2"]);
        timeline.Decisions[0].Summary.ShouldBe("d0 then GUEST_PANICKED");
    }

    [Fact]
    public void What_comes_between_forbids_it_even_if_it_comes_last() =>
        new Timeline(Timeline.Group(AfterDiskError)).Add(0, "BLOCK_IO_ERROR", data: Io("stop")).Add(5000, "GUEST_PANICKED").Add(3000, "RESET", stamp: 6000).Tick(200000).Lines.ShouldBeEmpty();

    [Fact]
    public void A_step_that_does_not_match_or_is_too_old_is_none() =>
        new Timeline(Timeline.Group(AfterDiskError)).Add(0, "BLOCK_IO_ERROR", data: Io("ignore")).Add(1000, "GUEST_PANICKED")
            .Add(200000, "BLOCK_IO_ERROR", data: Io("stop")).Add(320001, "GUEST_PANICKED").Tick(900000).Lines.ShouldBeEmpty();

    [Fact]
    public void Joined_steps_in_any_order_are_one_match_and_not_its_mirror_image_too()
    {
        var timeline = new Timeline(Timeline.Group(TwoChildren)).Add(0, "QUORUM_REPORT_BAD", data: Bad("q0")).Add(1000, "QUORUM_REPORT_BAD", data: Bad("q0")).Add(60000, "QUORUM_REPORT_BAD", data: Bad("q1")).Tick(400000);
        timeline.Lines.ShouldBe(["firing A [vm-1] at 60000 decided 60000 because 2,3", "resolved A [vm-1] at 360000 decided 362000 because 3 quiet"]);
    }

    [Theory]
    [InlineData("past_last", "firing 1,2")]
    [InlineData("next", "firing 1,2|severity 3")]
    [InlineData("none", "firing 1,2|severity 3")]
    public void Skip_says_what_a_match_uses_up(string skip, string expected)
    {
        // The second match may take the first one's end for its own beginning.
        var rule = $"- alert: A\n  sequence:\n  - a: {{ on: [STOP, RESET] }}\n  - b: {{ on: [RESET, RESUME] }}\n  within: 1m\n  skip: {skip}\n  severity: {{ warning: 'b.name == \"RESET\"', critical: 'b.name == \"RESUME\"' }}";
        var timeline = new Timeline(Timeline.Group(rule)).Add(0, "STOP").Add(1000, "RESET").Add(2000, "RESUME");
        string.Join('|', timeline.Decisions.Select(d => $"{Model.TransitionJson.Name(d.Transition)} {string.Join(',', d.Because)}")).ShouldBe(expected);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void The_first_match_agrees_with_the_slow_way(bool unless, bool ordered)
    {
        var steps = ordered
            ? $"sequence:\n  - a: {{ on: STOP }}\n{(unless ? "  - unless: { on: RESET }\n" : "")}  - b: {{ on: RESUME }}"
            : "all:\n  - a: { on: STOP }\n  - b: { on: RESUME }";
        var set = Timeline.Compile(Timeline.Group($"- alert: A\n  {steps}\n  within: 10s\n  resolve: never"));
        var streams = (from gap in Gen.Choose(0, 9)
                       from delay in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(0, 4)))
                       from name in Gen.Elements("STOP", "RESUME", "RESET", "WAKEUP")
                       select (gap, delay, name)).ArrayOf().ToArbitrary();
        Prop.ForAll(streams, stream =>
        {
            var at = 0L;
            var arrivals = stream.Select(s => new Arrival(at += s.gap * 1000, at + (s.delay * 1000), 0, s.name)).OrderBy(a => a.Stamp).Select((a, i) => a with { Position = i + 1 }).ToArray();
            var timeline = new Timeline(set);
            foreach (var e in arrivals) timeline.Add(e.At, e.Name, stamp: e.Stamp, position: e.Position);
            timeline.Tick(10_000_000);
            var slow = Slow(arrivals, unless, ordered);
            return timeline.Lines.SequenceEqual(slow).Label($"\nfast: {string.Join('\n', timeline.Lines)}\nslow: {string.Join('\n', slow)}\n{string.Join('\n', arrivals.AsEnumerable())}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    private static string[] Slow(Arrival[] arrivals, bool unless, bool ordered)
    {
        foreach (var e in arrivals)
        {
            var decided = unless ? e.Stamp + 2000 : e.Stamp;
            var known = arrivals.Where(k => unless ? k.Stamp <= decided : k.Position <= e.Position).ToArray();
            var pairs = from a in known
                        where a.Name == "STOP"
                        from b in known
                        where b.Name == "RESUME" && (!ordered || IsBefore(a, b)) && Math.Abs(b.At - a.At) <= 10000
                        where unless ? b == e : a == e || b == e
                        where !unless || !known.Any(c => c.Name == "RESET" && IsBefore(a, c) && IsBefore(c, b))
                        select (a, b);
            var best = ordered
                ? pairs.OrderBy(p => p.b.At).ThenBy(p => p.b.Position).ThenByDescending(p => p.a.At).ThenByDescending(p => p.a.Position)
                : pairs.OrderByDescending(p => p.a.At + p.b.At).ThenByDescending(p => p.a.Position + p.b.Position);
            foreach (var (a, b) in best) return [$"firing A [vm-1] at {Math.Max(a.At, b.At)} decided {decided} because {Math.Min(a.Position, b.Position)},{Math.Max(a.Position, b.Position)}"];
        }

        return [];
    }

    private static bool IsBefore(Arrival a, Arrival b) => a.At < b.At || (a.At == b.At && a.Position < b.Position);

    private static string Io(string action) => $$"""{"device":"d0","node-name":"n0","operation":"read","action":"{{action}}","reason":"r"}""";

    private static string Bad(string node) => $$"""{"type":"read","node-name":"{{node}}","sector-num":8,"sectors-count":1}""";
}
