using FsCheck;
using FsCheck.Fluent;
using Qualm.Engine.Configuration;
using Qualm.Engine.Snapshotting;
using Qualm.Engine.Turns;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules;
using Qualm.Store.Snapshots;
using Qualm.Store.Writing;

namespace Qualm.Engine.Tests.Turns;

/// <summary>A timeline that was written down after any turn and taken up again goes on as if nothing had been.</summary>
public class SavedTimelineTests
{
    private static readonly string Catalogue = CatalogueDigest.Of(QmpCatalogue.Instance);

    private static readonly RuleSetText Rules = RuleSetText.Of([new RuleSetText.File("r.yaml", """
        groups:
        - name: g
          rules:
          - alert: Stops
            on: STOP
            count: ">= 2"
            within: 60s
            resolve: [ { quiet: 30s } ]
          - alert: NeverResumed
            when: vm.status == "paused"
            for: 20s
          - alert: StopThenReset
            sequence: [ { a: { on: STOP } }, { b: { on: RESET } } ]
            within: 40s
        """)]);

    [Fact]
    public void It_decides_the_same_and_makes_the_same_bytes_in_the_end() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(byte Kind, byte Vm, byte Seconds)[]>(), ArbMap.Default.ArbFor<byte>(), Follow).QuickCheckThrowOnFailure();

    [Fact]
    public void Its_head_says_what_it_is_of_and_what_it_says_is_held_against_its_state()
    {
        var (timeline, decisions) = New();
        Feed(timeline, decisions, 10, "STOP", "a");
        Feed(timeline, decisions, 11, "STOP", "a");
        var progress = Progress(timeline, decisions);
        decisions.Made.ShouldHaveSingleItem();
        SnapshotImage.IsOf(timeline, decisions, progress).ShouldBeFalse("a decision is not written yet");
        decisions.Forget();
        SnapshotImage.IsOf(timeline, decisions, progress).ShouldBeTrue();
        SnapshotImage.IsOf(timeline, decisions, progress with { Clock = new Instant(1) }).ShouldBeFalse();
        SnapshotImage.IsOf(timeline, decisions, progress with { Digest = new byte[32] }).ShouldBeFalse();
        var image = SnapshotImage.Take(timeline, progress, Catalogue);
        var about = SnapshotAbout.Read(image.Head.About.Span);
        (about.Rules, about.ActivatedBy, about.Inputs, about.Refuse(Catalogue)).ShouldBe((Rules.Digest, 1, 3, null));
        about.Refuse("another").ShouldNotBeNull();
        (about with { Format = "9.9.9" }).Refuse(Catalogue).ShouldNotBeNull();
        Restore(image.Head, about, image).Inputs.ShouldBe(3);
        Should.Throw<StateFormatException>(() => Restore(image.Head with { Clock = default }, about, image));
        Should.Throw<StateFormatException>(() => Restore(image.Head with { Position = default }, about, image));
        Should.Throw<StateFormatException>(() => Restore(image.Head, about with { Inputs = 5 }, image));
        Should.Throw<StateFormatException>(() => Restore(image.Head, about, image with { Pieces = [.. image.Pieces, new byte[] { 0 }] }));
        Should.Throw<StateFormatException>(() => SnapshotAbout.Read("{}"u8));
        Should.Throw<StateFormatException>(() => SnapshotAbout.Read("[1"u8));
    }

    [Fact]
    public void While_rules_are_being_fed_that_take_over_later_it_is_not_whole()
    {
        var (timeline, decisions) = New();
        timeline.IsWhole.ShouldBeTrue();
        var coming = new StampedInput.Activation(default, RuleSetText.Of([])) { WarmedFrom = new Instant(20 * Instant.Second) };
        timeline.Expect(coming, () => new RuleWarming(Compile(Rules), CompiledRules.None));
        timeline.IsWhole.ShouldBeFalse();
        Feed(timeline, decisions, 30, "STOP", "a");
        timeline.IsWhole.ShouldBeFalse();
        timeline.Activate(CompiledRules.None, coming with { Stamp = new Instant(40 * Instant.Second) }, new Position(40), decisions);
        timeline.IsWhole.ShouldBeTrue();
    }

    private static void Follow((byte Kind, byte Vm, byte Seconds)[] steps, byte cut)
    {
        var (straight, all) = New();
        var (timeline, decisions) = New();
        var second = 10L;
        for (var i = 0; i < steps.Length; i++)
        {
            var (kind, vm) = ((steps[i].Kind % 5) switch { 0 or 1 => "STOP", 2 => "RESUME", 3 => "RESET", _ => "GUEST_PANICKED" }, $"vm-{steps[i].Vm % 2}");
            second += 1 + (steps[i].Seconds % 40);
            Feed(straight, all, second, kind, vm);
            Feed(timeline, decisions, second, kind, vm);
            if (i % (1 + (cut % 4)) != 0) continue;
            decisions.Forget();
            var image = SnapshotImage.Take(timeline, Progress(timeline, decisions), Catalogue);
            timeline = Restore(image.Head, SnapshotAbout.Read(image.Head.About.Span), image);
            decisions = Decisions.After(image.Head.Digest.Span);
        }

        straight.AdvanceTo(new Instant((second + 200) * Instant.Second), all);
        timeline.AdvanceTo(new Instant((second + 200) * Instant.Second), decisions);
        decisions.Digest.ToArray().ShouldBe(all.Digest.ToArray());
        Bytes(timeline).ShouldBe(Bytes(straight));
    }

    private static (Timeline, Decisions) New()
    {
        var (timeline, decisions) = (new Timeline(QmpCatalogue.Instance, new RuleSession(CompiledRules.None)), new Decisions());
        timeline.Activate(Compile(Rules), new StampedInput.Activation(new Instant(1), Rules), new Position(1), decisions);
        return (timeline, decisions);
    }

    private static Timeline Restore(SnapshotHead head, SnapshotAbout about, SnapshotImage image) =>
        SnapshotImage.Restore(head, about, image.Pieces, QmpCatalogue.Instance, Compile(Rules));

    private static byte[] Bytes(Timeline timeline)
    {
        var writer = new StateWriter();
        timeline.Save(writer);
        return [.. writer.Pieces.SelectMany(p => p.ToArray())];
    }

    private static Progress Progress(Timeline timeline, Decisions decisions) => new(1, timeline.Inputs, timeline.Position, timeline.Clock, decisions.Digest);

    private static RuleSet Compile(RuleSetText text) => RuleSetCompiler.Compile(text, QmpCatalogue.Instance).Set!;

    private static void Feed(Timeline timeline, Decisions decisions, long second, string name, string vm)
    {
        var at = new Instant(second * Instant.Second);
        timeline.Feed(
            new EventView
            {
                Schema = QmpCatalogue.Instance.Find(name),
                Name = name,
                At = at,
                Stamp = at,
                Position = new Position(second),
                Weight = 1,
                Vm = timeline.Fleet.GetOrAddVm(vm),
                Host = timeline.Fleet.GetOrAddHost("h"),
                Source = "s",
            },
            decisions);
    }
}
