using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Cel;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Tests.Conditions;

public sealed class ConditionTests
{
    private const string Bad = """{"type":"read","node-name":"q0","sector-num":8,"sectors-count":1}""";
    private const string Failed = """{"type":"write","error":"I\/O \u00e9rror","node-name":"q1","sector-num":-1,"sectors-count":18446744073709551615}""";

    private static readonly ConditionScope Quorum = ConditionScope.Empty with { Events = [Some.QuorumReportBad] };
    private static readonly ConditionScope Either = ConditionScope.Empty with { Events = [Some.QuorumReportBad, Some.BlockIoError] };
    private static readonly ConditionScope Anything = ConditionScope.Empty with { Events = ImmutableArray<EventSchema>.Empty };

    [Theory]
    [InlineData("event.data.type == \"read\"", true, false)]
    [InlineData("'read' == event.data.type", true, false)]
    [InlineData("event.data.type != 'read'", false, true)]
    [InlineData("event.data.type in ['write', 'flush']", false, true)]
    [InlineData("event.data.node_name == 'q0'", true, false)]
    [InlineData("event.data.`node-name` == 'q0'", true, false)]
    [InlineData("event.data[\"node-name\"] == 'q0'", true, false)]
    [InlineData("event.data.node_name < 'q1'", true, false)]
    [InlineData("event.data.sector_num >= 8", true, false)]
    [InlineData("event.data.sector_num + 1 == 0", false, true)]
    [InlineData("event.data.sectors_count > 5", false, true)]
    [InlineData("event.data.sectors_count == 18446744073709551615u", false, true)]
    [InlineData("event.data.sectors_count > -1", true, true)]
    [InlineData("has(event.data.error)", false, true)]
    [InlineData("has(event.data.error) && event.data.error.startsWith('I/O')", false, true)]
    [InlineData("has(event.data.error) && event.data.error == 'I/O érror'", false, true)]
    [InlineData("has(event.data.error) && event.data.error.matches('^I/. é')", false, true)]
    [InlineData("!has(event.data.error) || event.data.error.contains('x')", true, false)]
    [InlineData("glob(event.data.node_name, 'q?')", true, true)]
    [InlineData("event.name == 'QUORUM_REPORT_BAD'", true, true)]
    [InlineData("event.at == timestamp('2026-01-01T12:00:00Z')", true, true)]
    [InlineData("event.vm == vm.id && vm.name == 'vm-1'", true, true)]
    [InlineData("event.data.node_name == vm.id", false, false)]
    [InlineData("event.data.size() == 4", true, false)]
    [InlineData("event.data.exists(k, k == 'error')", false, true)]
    [InlineData("vm.labels.env == 'prod' && vm.labels['env'].size() == 4 && 'env' in vm.labels", true, true)]
    [InlineData("has(vm.labels.env) && !has(vm.labels.zone)", true, true)]
    [InlineData("vm.labels.exists(k, vm.labels[k] == 'prod')", true, true)]
    [InlineData("!vm.migration.active && vm.jobs.running == 0 && vm.status == 'unknown'", true, true)]
    [InlineData("vm.jobs.by_id.size() == 0 && size(vm.migration) == 5", true, true)]
    [InlineData("has(vm.host)", false, false)]
    [InlineData("age(timestamp('2026-01-01T11:00:00Z')) > duration('59m')", true, true)]
    [InlineData("event.data.type == 'read' ? event.data.sector_num == 8 : event.data.sector_num < 0", true, true)]
    public void Conditions_read_the_event_and_the_vm(string text, bool first, bool second)
    {
        Holds(text, Quorum, Some.QuorumReportBad, Bad).ShouldBe(first);
        Holds(text, Quorum, Some.QuorumReportBad, Failed).ShouldBe(second);
    }

    [Theory]
    [InlineData("event.data.error == 'x'", "no such field: 'event.data.error'")]
    [InlineData("event.data.error != 'x'", "no such field: 'event.data.error'")]
    [InlineData("vm.host == 'h1'", "'vm.host' is not known")]
    [InlineData("host.running_vms > 1", "the host is not known")]
    [InlineData("vm.labels.zone == 'a'", "no such key: 'zone'")]
    [InlineData("event.data.sector_num / 0 == 1", "divide by zero")]
    [InlineData("firing('Other')", "what other rules have concluded is not known here")]
    public void An_error_is_no_match(string text, string error)
    {
        var context = new EvalContext(Some.Event(Some.QuorumReportBad, Bad, Some.Vm()));
        Compile(text, Quorum).Holds(ref context, out var found).ShouldBeFalse();
        found.ShouldNotBeNull().Message.ShouldBe(error);
    }

    [Theory]
    [InlineData("event.data.node_nam == 'a'", 11, 8, "'event.data' has no member 'node_nam'", "did you mean node_name?")]
    [InlineData("evnt.data.type == 'read'", 0, 4, "unknown name 'evnt'", "did you mean event?")]
    [InlineData("event.data.type == 'raed'", 19, 6, "'event.data.type' is never \"raed\"", "did you mean read?")]
    [InlineData("event.data.type in ['raed']", 19, 8, "'event.data.type' is never \"raed\"", "did you mean read?")]
    [InlineData("event.data.type == 5", 0, 20, "cannot compare string == int", null)]
    [InlineData("event.data.sectors_count * 512 > 1u", 0, 30, "no operator * for uint and int", "convert one of them: uint(…) or int(…); a uint is written 5u, a double 5.0")]
    [InlineData("event.data.type", 0, 15, "a condition is true or false, this is of type string", null)]
    [InlineData("event.data.type && true", 0, 15, "&& takes conditions, not a value of type string", "compare it: == \"…\"")]
    [InlineData("vm.migration.activ", 13, 5, "'vm.migration' has no member 'activ'", "did you mean active?")]
    [InlineData("has(vm.statu)", 7, 5, "'vm' has no member 'statu'", "did you mean status?")]
    [InlineData("age(vm.since) > duration('10x')", 25, 5, "'10x' is not a duration as in 1h30m or 500ms; units are h, m, s, ms, us and ns", null)]
    [InlineData("event.data.type.startWith('r')", 16, 9, "unknown function 'startWith'", "did you mean startsWith?")]
    [InlineData("now() > vm.since", 0, 3, "unknown function 'now'", "there is no clock: age(t) is event time minus t")]
    [InlineData("in_list('nope', 1)", 8, 6, "unknown list 'nope'", null)]
    [InlineData("event.position == 1", 6, 8, "'event' has no member 'position'", null)]
    [InlineData("key.vm == 'a'", 0, 3, "unknown name 'key'", null)]
    [InlineData("vm.labels.env == 1", 0, 18, "cannot compare string == int", null)]
    [InlineData("firing(vm.id)", 7, 5, "the name must be written out", "write it in quotes")]
    public void Faults_are_found_when_compiling(string text, int offset, int length, string message, string? hint)
    {
        var error = Condition.Compile(text, Quorum).Errors.ShouldHaveSingleItem();
        error.Message.ShouldBe(message);
        (error.Span.Offset, error.Span.Length).ShouldBe((offset, length));
        error.Hint.ShouldBe(hint);
    }

    [Fact]
    public void All_faults_are_found_at_once() =>
        Condition.Compile("event.data.typ == 'read' && vm.stat == 'x' && nope", Quorum).Errors.Select(e => e.Span.Offset).ShouldBe([11, 31, 46]);

    [Theory]
    [InlineData("event.data.error == 'x'", 1)]
    [InlineData("has(event.data.error) && event.data.error == 'x'", 0)]
    [InlineData("event.data.error == 'x' && has(event.data.error)", 0)]
    [InlineData("has(event.data.error) || event.data.error == 'x'", 1)]
    [InlineData("!has(event.data.error) || event.data.error == 'x'", 0)]
    [InlineData("has(event.data.error) ? event.data.error == 'x' : event.data.error == 'y'", 1)]
    [InlineData("!(has(event.data.error) && event.data.error == 'x')", 0)]
    [InlineData("failed && event.data.error == 'x'", 0)]
    [InlineData("[1].exists(i, event.data.error == 'x')", 1)]
    [InlineData("event.data.type == 'read'", 0)]
    public void Unguarded_optional_members_are_doubts(string text, int doubts) =>
        Condition.Compile(text, Quorum with { Named = Quorum.Named.Add("failed", "has(event.data.error)") }).Doubts.Length.ShouldBe(doubts);

    [Fact]
    public void Of_several_events_a_member_is_read_where_it_lies()
    {
        Holds("has(event.data.node_name) && event.data.node_name == 'q0'", Either, Some.QuorumReportBad, Bad).ShouldBeTrue();
        Holds("has(event.data.node_name) && event.data.node_name == 'n'", Either, Some.BlockIoError, """{"device":"d","node-name":"n","action":"stop"}""").ShouldBeTrue();
        Holds("has(event.data.action)", Either, Some.QuorumReportBad, Bad).ShouldBeFalse();
        Condition.Compile("event.data.action == 'stop'", Either).Doubts.ShouldHaveSingleItem().Hint.ShouldBe("guard it: has(event.data.action) && …");
        Condition.Compile("event.data.nodename == 'a'", Either).Errors.ShouldHaveSingleItem().Hint.ShouldBe("did you mean node_name?");
    }

    [Fact]
    public void Objects_and_members_of_any_shape_are_read()
    {
        const string Data = """{"device":"d","action":"stop","nospace":true,"info":{"slot-type":"DIMM"},"extra":[1,{"a":2}]}""";
        var scope = ConditionScope.Empty with { Events = [Some.BlockIoError] };
        Holds("event.data.nospace", scope, Some.BlockIoError, Data).ShouldBeTrue();
        Holds("event.data.info.slot_type == 'DIMM' && has(event.data.info.slot_type)", scope, Some.BlockIoError, Data).ShouldBeTrue();
        Holds("event.data.info['slot-type'] == 'DIMM' && size(event.data.info) == 1", scope, Some.BlockIoError, Data).ShouldBeTrue();
        Holds("event.data.extra[0] == 1 && event.data.extra[1].a == 2", scope, Some.BlockIoError, Data).ShouldBeTrue();
        Condition.Compile("event.data.info.slot == 'DIMM'", scope).Errors.Length.ShouldBe(1);
        Condition.Compile("has(event.data.info.slot_type) && event.data.info.slot_type == 'x'", scope).Doubts.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("event.data.some_thing == 'a'", true)]
    [InlineData("event.data.`some-thing` == 'a'", true)]
    [InlineData("event.data.deep.inner_part[1] == 2", true)]
    [InlineData("has(event.data.deep.inner_part) && !has(event.data.deep.nope)", true)]
    [InlineData("event.data.big == 18446744073709551615u && event.data.real == 1.5 && event.data.none == null", true)]
    [InlineData("event.name == 'SOMETHING_NEW'", true)]
    public void Unknown_events_are_read_too(string text, bool expected) =>
        Holds(text, Anything, null, """{"some-thing":"a","deep":{"inner-part":[1,2]},"big":18446744073709551615,"real":1.5,"none":null}""").ShouldBe(expected);

    [Fact]
    public void Steps_keys_aggregates_lists_intervals_and_facts_are_read()
    {
        var plan = CapturePlan.For(0, [Compile("a.data.node_name == 'q0' && a.at < event.at", Steps).Reads]);
        plan.Members.ShouldBe(["node-name"]);
        plan.Whole.ShouldBeFalse();
        var early = Some.Event(Some.QuorumReportBad, Bad, Some.Vm());
        var captured = plan.Capture(in early);
        captured.Data.Length.ShouldBe(2);

        var aggregates = new AggregateValues { Count = 5, Sum = CelValue.Of(12L), Members = CelValue.OfList(CelValue.Of("x")), First = Instant.From(Some.Noon) };
        CelValue[] key = [CelValue.Of("vm-1"), CelValue.Of("q0")];
        CapturedEvent?[] steps = [captured];
        foreach (var text in (string[])
        [
            "a.data.node_name != event.data.node_name", "b.data.node_name == 'q1' && a.name == b.name", "a.vm == 'vm-1'",
            "key.vm == vm.id && key.node == a.data.node_name", "agg.count >= 3 && agg.sum == 12 && 'x' in agg.members && agg.first == event.at",
            "in_list('bad', event.data.node_name) && !in_list('bad', 'q9')", "in_interval('noon', event.at)", "firing('Alert') && !fact('Fact')", "failed && !calm",
        ])
        {
            var context = new EvalContext(Some.Event(Some.QuorumReportBad, Failed, Some.Vm())) { Key = key, Steps = steps, Aggregates = new(in aggregates), Facts = new OnlyAlert() };
            Compile(text, Steps).Holds(ref context, out var error).ShouldBeTrue($"{text}: {error?.Message}");
        }

        Compile("firing('Alert') || fact('F') || firing('B')", Steps).Reads.Firing.ShouldBe(["Alert", "B"]);
        Condition.Compile("circle", Steps).Errors.ShouldHaveSingleItem().Message.ShouldContain("defined by itself");
        Condition.Compile("broken", Steps).Errors.ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Message.ShouldBe("in 'broken': unknown name 'nope'"), e => e.Span.Length.ShouldBe(6));
    }

    [Fact]
    public void Named_expressions_that_double_end_soon()
    {
        var named = Quorum.Named.Add("m0", "has(event.data.error)");
        for (var i = 1; i <= 40; i++) named = named.Add($"m{i}", $"m{i - 1} && m{i - 1}");
        Condition.Compile("m40", Quorum with { Named = named }).Errors.ShouldNotBeEmpty();
        Condition.Compile("m5 && event.data.error == 'x'", Quorum with { Named = named }).Doubts.ShouldBeEmpty();
        Condition.Compile(string.Join(" && ", Enumerable.Repeat("has(event.data.error)", 1200)), Quorum).Errors.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_read_is_told()
    {
        var reads = Compile("event.data.type == 'read' && has(event.data.error) && vm.migration.active && age(vm.since) > duration('1m') && b.data.node_name == 'x'", Steps).Reads;
        reads.Members.ShouldBe([new(-1, "type"), new(-1, "error"), new(-1, "node-name")]);
        reads.Slots(Some.QuorumReportBad).ShouldBe([0, 1, 2]);
        reads.State.ShouldBe(["vm.migration.active", "vm.since"]);
        (reads.ReadsVm, reads.ReadsHost, reads.Age, reads.Key).ShouldBe((true, false, true, false));
        Compile("event.data.size() == 1", Quorum).Reads.Members.ShouldBe([new(-1, null)]);
        Compile("agg.count > 1", Steps).Reads.Aggregates.ShouldBe(["count"]);
    }

    [Fact]
    public void Simple_clauses_are_recognised()
    {
        var condition = Compile("event.data.type == 'read' && 8 <= event.data.sector_num && event.data.sectors_count != 1 && age(vm.since) > duration('10m') && vm.id == 'x'", Quorum);
        condition.Clauses.Select(c => c.Text).ShouldBe(["event.data.type == 'read'", "8 <= event.data.sector_num", "event.data.sectors_count != 1", "age(vm.since) > duration('10m')", "vm.id == 'x'"]);
        condition.Clauses[0].MemberTest.ShouldNotBeNull().ShouldSatisfyAllConditions(t => t.Path.ShouldBe("type"), t => t.Comparison.ShouldBe(CelComparison.Equal), t => t.Utf8.ToArray().ShouldBe("read"u8.ToArray()));
        condition.Clauses[1].MemberTest.ShouldNotBeNull().Comparison.ShouldBe(CelComparison.GreaterOrEqual);
        condition.Clauses[2].MemberTest.ShouldNotBeNull().Constant.Kind.ShouldBe(CelKind.UInt);
        condition.Clauses[3].AgeTest.ShouldNotBeNull().ShouldSatisfyAllConditions(t => t.Limit.ShouldBe(TimeSpan.FromMinutes(10)), t => t.Comparison.ShouldBe(CelComparison.Greater));
        condition.Clauses[4].MemberTest.ShouldBeNull();
        var scope = ConditionScope.Empty with { Events = [Some.BlockIoError] };
        Compile("event.data.nospace", scope).Clauses[0].MemberTest.ShouldNotBeNull().Constant.ShouldBe(CelValue.True);
        Compile("!event.data.nospace", scope).Clauses[0].MemberTest.ShouldNotBeNull().Constant.ShouldBe(CelValue.False);
        Compile("has(event.data.nospace)", scope).Clauses[0].MemberTest.ShouldBeNull();
    }

    [Fact]
    public void Cost_grows_with_loops()
    {
        Compile("event.data.type == 'read'", Quorum).Cost.ShouldBeLessThan(10);
        Compile("vm.labels.all(a, vm.labels.all(b, a == b))", Quorum).Cost.ShouldBeGreaterThan(10_000);
        Compile("true || false", Quorum).Constant.ShouldBe(CelValue.True);
    }

    [Fact]
    public void Texts_are_filled_in()
    {
        const string Text = "{{ vm.name }}: child {{ key.node }} bad {{agg.count}} times{{ '' }}, {{ {'a': {'b': '}}'}}.a.b }} {{ 0.25 }} {{ event.at }} {{ duration('90s') }} {{ event.position }} {{ vm.host }}{{ [1, 'x'] }} }} {";
        var aggregates = new AggregateValues { Count = 3 };
        CelValue[] key = [CelValue.Of("vm-1"), CelValue.Of("q0")];
        var context = new EvalContext(Some.Event(Some.QuorumReportBad, Bad, Some.Vm())) { Key = key, Aggregates = new(in aggregates) };
        var template = Template.Compile(Text, Steps with { ForTexts = true });
        template.Errors.ShouldBeEmpty();
        template.Result.ShouldNotBeNull().Fill(ref context).ShouldBe(
            "vm-1: child q0 bad 3 times, }} 0.25 2026-01-01T12:00:00Z 90s 7 <error: 'vm.host' is not known>[1, 'x'] }} {");
        template.Result.Reads.Key.ShouldBeTrue();
        Template.Compile("no braces", Quorum).Result.ShouldNotBeNull().IsConstant.ShouldBeTrue();
        var faults = Template.Compile("a {{ vm.nam }} b {{ 1 + }} c {{ x", Quorum).Errors;
        faults.Select(f => f.Span.Offset).ShouldBe([8, 24, 29]);
    }

    [Fact]
    public void Typical_conditions_allocate_nothing()
    {
        CelValue[] key = [CelValue.Of("vm-1"), CelValue.Of("q0")];
        foreach (var text in (string[])
        [
            "event.data.type == 'read'", "event.data.sector_num >= 8 && event.data.sectors_count < 10", "event.data.node_name.startsWith('q') && event.data.type in ['read', 'write']",
            "has(event.data.error) && event.data.error != 'x'", "event.data.error != 'x'", "vm.status == 'paused' && age(vm.since) > duration('10m')", "vm.labels.env == 'prod'",
            "key.node == 'q0' && event.data.node_name == key.node", "glob(event.data.node_name, 'q*') || event.data.node_name.matches('^q[0-9]$')", "event.data.sector_num * 2 + 1 > 5",
        ])
        {
            var condition = Compile(text, Steps);
            var context = new EvalContext(Some.Event(Some.QuorumReportBad, Bad, Some.Vm())) { Key = key };
            for (var i = 0; i < 200; i++) condition.Holds(ref context, out _);

            // The runtime may recompile in between, which allocates once.
            var least = long.MaxValue;
            for (var round = 0; round < 3; round++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < 1000; i++) condition.Holds(ref context, out _);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            least.ShouldBe(0, text);
        }
    }

    private static ConditionScope Steps => Quorum with
    {
        Steps = [new("a", [Some.QuorumReportBad]), new("b", [Some.QuorumReportBad])],
        CurrentStep = "b",
        Key = [new("vm", CelType.String), new("node", CelType.String)],
        Aggregates = ConditionScope.AggregateNames,
        Lists = Quorum.Lists.Add("bad", [CelValue.Of("q1")]),
        Intervals = Quorum.Intervals.Add("noon", new AfterNoon()),
        Named = Quorum.Named.Add("failed", "has(event.data.error)").Add("calm", "!failed").Add("circle", "!round").Add("round", "!circle").Add("broken", "1 == nope"),
    };

    private static Condition Compile(string text, ConditionScope scope)
    {
        var compiled = Condition.Compile(text, scope);
        compiled.Errors.ShouldBeEmpty(text);
        return compiled.Result!;
    }

    private static bool Holds(string text, ConditionScope scope, EventSchema? schema, string data)
    {
        var context = new EvalContext(Some.Event(schema, data, Some.Vm()));
        return Compile(text, scope).Holds(ref context, out _);
    }

    private sealed class OnlyAlert : IRuleFacts
    {
        public bool Holds(ConclusionUse use, Instant at) => use is { IsAlert: true, Name: "Alert" };
    }

    private sealed class AfterNoon : IInterval
    {
        public bool Contains(Instant time) => time >= Instant.From(Some.Noon);
    }
}
