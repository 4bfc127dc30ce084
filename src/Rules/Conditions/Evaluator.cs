using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>Evaluates one expression over one event and some variables: what <c>qualm eval</c> does.</summary>
public static class Evaluator
{
    /// <summary>Evaluates over JSON as it is, with nobody to type it.</summary>
    /// <param name="message">As <see cref="EventJson.Read"/> takes it. Null when there is none.</param>
    /// <param name="variables">As <see cref="EvalRequest.Variables"/>.</param>
    public static Outcome EvalOnce(string expression, JsonElement? message, JsonElement? variables)
    {
        var captured = message is { } json ? EventJson.Read(json) : null;
        if (message is not null && captured is null) return Fails("the event is not a JSON object");
        return EvalOnce(new EvalRequest(expression) { Variables = variables, Event = captured, Vm = captured?.Vm is { } id ? new VmState(id, 0) : null });
    }

    public static Outcome EvalOnce(EvalRequest request)
    {
        if (request.Variables is { ValueKind: not JsonValueKind.Object }) return Fails("the variables are not a JSON object");
        var named = request.Variables?.EnumerateObject().GroupBy(v => v.Name, v => v.Value).ToArray() ?? [];
        var values = new CelValue[named.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (CelTypedJson.Read(named[i].Last(), out values[i]) is { } wrong) return Fails($"variable '{named[i].Key}': {wrong.Message}");
        }

        var compiled = Condition.CompileValue(request.Expression, Scope(request, [.. named.Select(v => v.Key)]));
        if (compiled.Result is not { } condition) return new Outcome(null, Describe(compiled.Errors[0]), compiled.Errors[0]);
        var context = request.Event is { } captured ? new EvalContext(captured.View(request.Vm, request.Host)) : default;
        context.Variables = values;
        var value = condition.Evaluate(ref context, out var error);
        return error is null ? new Outcome(CelJson.ToJson(value), null) : Fails(error.Message);
    }

    /// <summary>What came of it.</summary>
    /// <param name="Json">The value as JSON, see <see cref="CelJson.Write"/>; null when there is an error.</param>
    /// <param name="Error">Why there is no value, one sentence; null when there is one.</param>
    /// <param name="Fault">Where the expression itself is at fault; null when it is sound, or the error comes of evaluating it.</param>
    public readonly record struct Outcome(string? Json, string? Error, CelDiagnostic? Fault = null);

    private static Outcome Fails(string why) => new(null, why);

    private static ConditionScope Scope(EvalRequest request, ImmutableArray<string> variables) => ConditionScope.Empty with
    {
        Events = request.Event is not { } captured ? null : captured.Schema is { } schema ? [schema] : ImmutableArray<EventSchema>.Empty,
        Variables = [.. variables.Select(v => new ConditionScope.Part(v, CelType.Dyn))],
        HasVm = request.Event is not null && !variables.Contains("vm"),
        HasHost = request.Event is not null && !variables.Contains("host"),
        Container = request.Container,
        ForTexts = true,
        Checked = false,
    };

    private static string Describe(CelDiagnostic error) => string.Create(
        CultureInfo.InvariantCulture,
        $"{error.Message}, at character {error.Span.Offset + 1}{(error.Hint is null ? "" : $" ({error.Hint})")}");
}
