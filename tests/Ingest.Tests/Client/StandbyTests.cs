using FsCheck;
using FsCheck.Fluent;
using Qualm.Ingest.Client;
using Qualm.Model;

namespace Qualm.Ingest.Tests.Client;

public sealed class StandbyTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly MonitorContext _context;

    public StandbyTests() => _context = Some.Context(_time);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_two_monitors_of_one_VM_one_speaks_and_what_both_bring_is_there_once()
    {
        await using var pair = await PairAsync();
        for (var i = 0; i < 10; i++)
        {
            await pair.One.PlayAsync(Line("STOP", i));
            await pair.Two.PlayAsync(Line("STOP", i));
        }

        await pair.Two.PlayAsync(Line("RESUME", 11));
        await pair.One.PlayAsync(Line("RESUME", 11));
        await Eventually.True(() => pair.First.Names.Count == 13);

        pair.First.Names.Count(n => n == "STOP").ShouldBe(10);
        pair.Second.Items.ShouldBeEmpty();
        Phases().ShouldBe([MonitorPhase.Connected, MonitorPhase.StandingBy]);
    }

    [Fact]
    public async Task When_the_speaking_one_is_lost_the_next_goes_on_where_it_stopped_and_nothing_is_called_lost()
    {
        await using var pair = await PairAsync();
        await pair.One.PlayAsync(Line("STOP", 1));
        await pair.Two.PlayAsync(Line("STOP", 1), Line("RESUME", 2));
        await Eventually.True(() => pair.First.Names.Count == 3);
        pair.One.Drop();
        await Eventually.True(() => pair.Second.Names.Count == 3);
        await pair.Two.PlayAsync(Line("SUSPEND", 3));
        await Eventually.True(() => pair.Second.Names.Count == 4);

        pair.First.Names.ShouldBe(["MONITOR_CONNECTED", "STATE_RESYNCED", "STOP"]);
        pair.Second.Names.ShouldBe(["MONITOR_CONNECTED", "RESUME", "STATE_RESYNCED", "SUSPEND"]);
        pair.Second.Events.ShouldAllBe(e => e.Origin.Vm == "alpha");

        await Eventually.True(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return Phases() is [MonitorPhase.StandingBy, MonitorPhase.Connected];
        });
        pair.First.Names.Count.ShouldBe(3, "what comes back stands by");
    }

    [Fact]
    public async Task When_both_are_lost_the_VM_is_once()
    {
        await using var pair = await PairAsync();
        await pair.Two.PlayAsync(Line("SHUTDOWN", 1));
        pair.Two.Drop();
        pair.One.Drop();
        await Eventually.True(() => pair.First.Names.Concat(pair.Second.Names).Contains("MONITOR_LOST"));

        pair.First.Names.Concat(pair.Second.Names).Count(n => n == "MONITOR_LOST").ShouldBe(1);
    }

    [Fact]
    public async Task Loss_of_the_one_that_stands_by_is_no_event()
    {
        await using var pair = await PairAsync();
        pair.Two.Drop();
        await Eventually.True(() => Phases().Contains(MonitorPhase.Waiting));
        await pair.One.PlayAsync(Line("STOP", 1));
        await Eventually.True(() => pair.First.Names.Count == 3);

        pair.Second.Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_that_brings_what_the_other_never_does_is_of_another_process_and_speaks()
    {
        await using var pair = await PairAsync();
        _time.Advance(TimeSpan.FromSeconds(2));
        await pair.Two.PlayAsync(Line("RESUME", 1));
        await Eventually.True(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return pair.Second.Names.Count == 3;
        });

        pair.Second.Names.ShouldBe(["MONITOR_CONNECTED", "RESUME", "STATE_RESYNCED"]);
        await pair.One.PlayAsync(Line("STOP", 2));
        await Eventually.True(() => pair.First.Names.Count == 3);
        pair.One.Drop();
        await Eventually.True(() => Phases().Contains(MonitorPhase.Waiting));
        pair.First.Names.ShouldNotContain("MONITOR_LOST", "the VM still has a monitor that speaks");
    }

    [Theory]
    [InlineData("a", "u", "h1", null, 1, false)]
    [InlineData("a", "", null, null, null, true)]
    [InlineData("b", "u", null, null, 1, true)]
    [InlineData("b", "", null, null, 1, false)]
    [InlineData("a", "v", null, null, 1, false)]
    [InlineData("a", "u", "h", "10.0.0.2", 1, false)]
    [InlineData("a", "u", "h", null, 2, false)]
    public void Two_monitors_may_be_of_one_process_when_nothing_speaks_against_it(string vm, string uuid, string? host, string? address, int? process, bool expected)
    {
        var known = new MonitorIdentity("a", "u", "h", "10.0.0.1", 1);

        known.MayBe(new(vm, uuid, host, address, process)).ShouldBe(expected);
        new MonitorIdentity(vm, uuid, host, address, process).MayBe(known).ShouldBe(expected);
    }

    /// <summary>However far one is ahead of the other, and wherever the speaking one breaks off, each event is there once and in order.</summary>
    [Fact]
    public void Each_event_is_there_once_wherever_the_speaking_one_breaks_off() =>
        Prop.ForAll(
            (from kinds in Gen.Elements("AB", "AAAB", "ABC").Select(k => k.ToCharArray())
             from events in Gen.ListOf(Gen.Elements(kinds))
             from turns in Gen.ListOf(Gen.Elements(true, false))
             select (events.ToArray(), turns.ToArray())).ToArbitrary(),
            run =>
            {
                var (kinds, turns) = run;
                var sent = kinds.Select((kind, i) => Some.Event(kind.ToString(), i % 3 == 0 ? new Instant(i) : null)).ToArray();
                var voices = new MonitorVoices(_time, Some.Metrics());
                var identity = new MonitorIdentity("a", "", null, null, null);
                var (leader, follower) = (voices.Join(identity), voices.Join(identity));
                var (said, heard, given) = (0, 0, new List<QmpEvent>());
                foreach (var turn in turns)
                {
                    if (turn && said < sent.Length && leader.Says(sent[said])) given.Add(sent[said]);
                    if (turn) said = Math.Min(said + 1, sent.Length);
                    else if (heard < sent.Length) voices.Hears(follower, sent[heard++]);
                }

                voices.Leave(leader).ShouldBeTrue();
                follower.Speaks.ShouldBeTrue();
                var left = voices.TakeHeard(follower, out var whole);
                foreach (var e in left.Concat(sent.Skip(heard)))
                {
                    if (follower.Says(e)) given.Add(e);
                }

                whole.ShouldBeTrue();
                given.Select(e => (e.Name, e.EventTime)).ShouldBe(sent.Select(e => (e.Name, e.EventTime)));
            }).QuickCheckThrowOnFailure();

    private static string Line(string name, int micros) => Some.Line(name, new Instant(Instant.Second + micros));

    private MonitorPhase[] Phases() => [.. _context.Board.Current.Select(s => s.Phase)];

    private async Task<Pair> PairAsync()
    {
        var one = new ScriptedQmpServer(_folder["1.sock"]).Start();
        var first = new Collected(Source(one));
        await Eventually.True(() => first.Names.Count == 2);
        var two = new ScriptedQmpServer(_folder["2.sock"]).Start();
        var second = new Collected(Source(two));
        await Eventually.True(() => Phases().Contains(MonitorPhase.StandingBy));
        return new(one, two, first, second);
    }

    private QmpMonitorSource Source(ScriptedQmpServer server)
    {
        var endpoint = new QmpEndpoint.Unix(server.Path);
        return new(endpoint, MonitorNaming.Of(endpoint), _context);
    }

    private sealed record Pair(ScriptedQmpServer One, ScriptedQmpServer Two, Collected First, Collected Second) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await First.DisposeAsync();
            await Second.DisposeAsync();
            await One.DisposeAsync();
            await Two.DisposeAsync();
        }
    }
}
