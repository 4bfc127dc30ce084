using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>Evaluates one expression over one event and some variables, both given as JSON: what <c>qualm eval</c> does.</summary>
public static class Evaluator
{
    /// <param name="expression">Faults of names and types are errors of the evaluation here, so that they may be absorbed.</param>
    /// <param name="message">A QMP event: <c>event</c> (or <c>name</c>), <c>data</c>, <c>timestamp</c> (or <c>at</c>), <c>source</c>, <c>vm</c>. Null when there is none.</param>
    /// <param name="variables">An object; its members are variables, their names may hold dots.</param>
    public static Outcome EvalOnce(string expression, JsonElement? message, JsonElement? variables)
    {
        if (variables is { ValueKind: not JsonValueKind.Object }) return new Outcome(null, "the variables are not a JSON object");
        if (message is { ValueKind: not JsonValueKind.Object }) return new Outcome(null, "the event is not a JSON object");
        var named = variables?.EnumerateObject().GroupBy(v => v.Name, v => v.Value).ToArray() ?? [];
        var scope = ConditionScope.Empty with
        {
            Events = message is null ? null : ImmutableArray<EventSchema>.Empty,
            Variables = [.. named.Select(v => new ConditionScope.Part(v.Key, CelType.Dyn))],
            HasVm = message is not null && named.All(v => v.Key != "vm"),
            HasHost = message is not null && named.All(v => v.Key != "host"),
            ForTexts = true,
            Checked = false,
        };
        var compiled = Condition.CompileValue(expression, scope);
        if (compiled.Result is not { } condition) return new Outcome(null, Describe(compiled.Errors[0]));
        var context = message is { } json ? new EvalContext(View(json)) : default;
        context.Variables = named.Select(v => CelJson.Read(v.Last())).ToArray();
        var value = condition.Evaluate(ref context, out var error);
        return error is null ? new Outcome(CelJson.ToJson(value), null) : new Outcome(null, error.Message);
    }

    /// <summary>What came of it.</summary>
    /// <param name="Json">The value as JSON; null when there is an error.</param>
    /// <param name="Error">Why there is no value, one sentence; null when there is one.</param>
    public readonly record struct Outcome(string? Json, string? Error);

    private static string Describe(CelDiagnostic error) => string.Create(
        CultureInfo.InvariantCulture,
        $"{error.Message}, at character {error.Span.Offset + 1}{(error.Hint is null ? "" : $" ({error.Hint})")}");

    private static EventView View(JsonElement json)
    {
        var at = Time(json);
        var data = json.TryGetProperty("data", out var members) && members.ValueKind == JsonValueKind.Object ? Encoding.UTF8.GetBytes(members.GetRawText()) : [];
        var vm = Text(json, "vm") is { Length: > 0 } id ? new VmState(id, 0) : null;
        return new EventView
        {
            Name = Text(json, "event") ?? Text(json, "name") ?? "",
            Data = data,
            At = at,
            Stamp = at,
            Position = new Position(1),
            Weight = 1,
            Vm = vm,
            Source = Text(json, "source") ?? "",
        };
    }

    private static Instant Time(JsonElement json)
    {
        if (Text(json, "at") is { } text && Instant.TryParse(text, out var at)) return at;
        return json.TryGetProperty("timestamp", out var stamp) && stamp.ValueKind == JsonValueKind.Object && Number(stamp, "seconds") is >= 0 and < 253_402_300_800 and var seconds
            ? Instant.FromUnix(seconds, Number(stamp, "microseconds") is >= 0 and < 1_000_000 and var micros ? micros : 0)
            : Instant.Epoch;
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? CelJson.Read(member).AsString : null;

    private static long Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out var number) ? number : -1;
}
