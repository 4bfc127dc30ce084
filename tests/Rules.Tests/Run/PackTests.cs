using System.Text;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules.Testing;

namespace Qualm.Rules.Tests.Run;

/// <summary>The rules that ship, over what real QEMU sent.</summary>
public sealed class PackTests
{
    private static readonly RuleSet Pack = Compile();

    public static TheoryData<string> Names => [.. Alerts];

    private static IEnumerable<string> Alerts => Pack.Rules.Where(r => r.Kind == ConclusionKind.Alert).Select(r => r.Name).Order(StringComparer.Ordinal);

    [Fact]
    public void The_pack_compiles_without_a_finding() => Pack.Names.Count().ShouldBeGreaterThan(50);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_rule_says_what_it_is_about_where_its_runbook_is_and_whom_it_tells(string name)
    {
        var rule = Pack.Rules.Single(r => r.Name == name);
        rule.Annotations.Select(a => a.Name).ShouldBe(["description", "summary"], ignoreOrder: true);
        rule.Receivers[(int)TransitionKind.Firing].ShouldBe([rule.Ladder.All(s => s.Severity >= Severity.Error) ? "page" : "notify"]);
        rule.RunbookUrl.ShouldBe($"docs/runbooks/{name}.md");
        var page = File.ReadAllLines(Repository.Path(rule.RunbookUrl!));
        page[0].ShouldBe($"# {name}");
        page.Where(l => l.StartsWith("## ", StringComparison.Ordinal)).ShouldBe(["## First look", "## What to do", "## When it ends", "## False alarms"]);
        page[2].ShouldContain($"[rules/{Path.GetFileName(rule.Location.Split(':')[0])}]");
    }

    [Fact]
    public void Every_runbook_belongs_to_a_rule() =>
        Directory.EnumerateFiles(Repository.Path("docs/runbooks"), "*.md").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal).ShouldBe(Alerts);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_rule_is_seen_to_fire_and_to_end_in_a_unit_test_with_all_properties(string name)
    {
        var files = Directory.EnumerateFiles(Repository.Path("rules"), "*.test.yaml").Select(path => RuleTestReader.Read(path, File.ReadAllText(path), QmpCatalogue.Instance).File!).ToArray();
        files.ShouldAllBe(f => f.Properties == new RuleTestProperties(true, true, true));
        var expected = files.SelectMany(f => f.Tests).SelectMany(t => t.Expectations).ToArray();
        expected.OfType<Expectation.Alert>().ShouldContain(e => e.Name == name);
        expected.OfType<Expectation.Resolved>().ShouldContain(e => e.Name == name);
    }

    [Fact]
    public void A_rotten_quorum_child_pages_once_with_its_node_and_count()
    {
        var timeline = Play("quorum");
        var firing = timeline.Decisions.Where(d => d is { Transition: TransitionKind.Firing, Alert: "QuorumReportBadRepeated" }).ToArray();
        firing.Length.ShouldBe(1);
        firing[0].Key.Select(k => (k.Name, k.Value)).ShouldBe([("vm", "vm-1"), ("node_name", "n2")]);
        firing[0].Summary.ShouldBe("vm-1: quorum child n2 returned bad data 3 times in 10m");
        firing[0].Because.Length.ShouldBe(3);
        firing[0].Severity.ShouldBe(Severity.Error);
        firing[0].Receivers.ShouldBe(["page"]);
        timeline.Tick(long.MaxValue / 2000).Decisions.Last(d => d.Alert == firing[0].Alert).Reason.ShouldBe("quiet");
    }

    [Theory]
    [InlineData("panic-pause")]
    [InlineData("panic-none")]
    [InlineData("panic-shutdown")]
    public void A_panic_pages_once(string capture)
    {
        var firing = Play(capture).Decisions.Where(d => d is { Transition: TransitionKind.Firing, Alert: "GuestPanicked" }).ToArray();
        firing.Length.ShouldBe(1);
        firing[0].Severity.ShouldBe(Severity.Critical);
        firing[0].Summary.ShouldBe("vm-1: the guest panicked");
    }

    [Fact]
    public void A_reset_ends_the_panic_and_so_does_the_end_of_the_machine() =>
        Play("panic-pause-then-reset").Decisions.Where(d => d.Alert == "GuestPanicked").Select(d => (d.Transition, d.Reason)).ShouldBe(
        [
            (TransitionKind.Firing, null), (TransitionKind.Resolved, "event"), (TransitionKind.Firing, null), (TransitionKind.Resolved, "subject_gone"),
        ]);

    [Fact]
    public void A_crash_kernel_that_was_loaded_is_no_panic() =>
        Play("panic-crashloaded").Decisions.ShouldAllBe(d => d.Alert == "GuestCrashLoaded");

    private static Timeline Play(string capture)
    {
        var timeline = new Timeline(Pack);
        foreach (var line in File.ReadLines(Repository.Path($"tests/Rules.Tests/testdata/captures/{capture}.q7.jsonl")))
        {
            var slots = new MemberSlot[256];
            if (!EventDecoder.TryDecode(Encoding.UTF8.GetBytes(line), QmpCatalogue.Instance, slots, out var e) || e.Kind != MessageKind.Event) continue;
            timeline.Add(e.EventTime!.Value.Micros / 1000, Encoding.UTF8.GetString(e.NameUtf8), data: Encoding.UTF8.GetString(e.Data));
        }

        return timeline;
    }

    private static RuleSet Compile()
    {
        var files = Directory.EnumerateFiles(Repository.Path("rules"), "*.yaml").Where(f => !f.EndsWith(".test.yaml", StringComparison.Ordinal)).Select(f => new RuleSetText.File(Path.GetFileName(f), File.ReadAllText(f)));
        var compiled = RuleSetCompiler.Compile(RuleSetText.Of(files), QmpCatalogue.Instance, new HashSet<string> { "page", "notify" });
        compiled.Diagnostics.ShouldBeEmpty();
        return compiled.Set!;
    }
}
