using System.Text.Json;
using Qualm.Rules.Conditions;
using Qualm.Rules.Tests.Conditions;

namespace Qualm.Rules.Tests.Cel;

/// <summary>What the evaluator makes of requests: how values print, what names mean, where faults lie.</summary>
public sealed class EvaluatorTests
{
    [Theory]
    [InlineData("1.0", "1.0")]
    [InlineData("-(0.0)", "-0.0")]
    [InlineData("2.5 * 4.0", "10.0")]
    [InlineData("1e100", "1E+100")]
    [InlineData("double(9007199254740993)", "9007199254740992.0")]
    [InlineData("[1, 1u, 1.0]", "[1,1,1.0]")]
    [InlineData("1.0 / 0.0", "\"Infinity\"")]
    [InlineData("double('NaN')", "\"NaN\"")]
    [InlineData("{true: 1.0, 2: b'ab'}", """{"true":1.0,"2":"YWI="}""")]
    [InlineData("type(1u)", "\"uint\"")]
    public void Values_print_so_that_doubles_stay_doubles(string expression, string json) =>
        Evaluator.EvalOnce(expression, null, null).Json.ShouldBe(json);

    [Theory]
    [InlineData("", "x", "\"outer\"")]
    [InlineData("a.b", "x", "\"inner\"")]
    [InlineData("a", "x", "\"middle\"")]
    [InlineData("a.b.c", "x", "\"inner\"")]
    [InlineData("a.b", ".x", "\"outer\"")]
    [InlineData("a", "b.x", "\"inner\"")]
    [InlineData("a.b", "[1].map(x, x)", "[1]")]
    public void Names_are_sought_in_the_container_first(string container, string expression, string json)
    {
        using var variables = JsonDocument.Parse("""{"x":"outer","a.x":"middle","a.b.x":"inner"}""");
        Evaluator.EvalOnce(new EvalRequest(expression) { Variables = variables.RootElement, Container = container }).Json.ShouldBe(json);
    }

    [Fact]
    public void A_fault_of_the_text_has_a_place_and_one_of_the_evaluation_has_none()
    {
        Evaluator.EvalOnce("1 + ", null, null).Fault.ShouldNotBeNull().Span.Offset.ShouldBe(4);
        Evaluator.EvalOnce("1 / 0", null, null).ShouldBe(new Evaluator.Outcome(null, "divide by zero"));
    }

    [Theory]
    [InlineData("event.data.sectors_count * 2u", "2000")]
    [InlineData("event.data['sector-num'] + 1", "8")]
    [InlineData("event.data.extra.deep[0] + event.name", "\"xQUORUM_REPORT_BAD\"")]
    [InlineData("has(event.data.extra) && !has(event.data.none) && has(event.data.node_name) && !has(event.data.error)", "true")]
    [InlineData("event.data.extra", """{"deep":["x"]}""")]
    [InlineData("event.data.size()", "5")]
    [InlineData("event.data.error == 'x' || true", "true")]
    public void A_known_event_is_typed_and_keeps_what_is_not_known(string expression, string json)
    {
        var view = Some.Event(Some.QuorumReportBad, """{"type":"read","node-name":"q0","sector-num":7,"sectors-count":1000,"extra":{"deep":["x"]}}""");
        var captured = new CapturedEvent(view.Schema, view.Name, view.At, view.Position, view.Data.ToArray(), view.Slots.ToArray(), null, "");
        Evaluator.EvalOnce(new EvalRequest(expression) { Event = captured }).Json.ShouldBe(json);
    }
}
