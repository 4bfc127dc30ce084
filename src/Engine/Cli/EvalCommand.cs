using System.CommandLine;
using System.Text;
using System.Text.Json;
using Qualm.Rules.Cel;
using Qualm.Rules.Conditions;

namespace Qualm.Engine.Cli;

/// <summary><c>qualm eval</c>: one condition over one event, or a batch of them.</summary>
internal static class EvalCommand
{
    public static Command Create()
    {
        var expression = new Argument<string?>("expression") { Description = "A condition in CEL; quote it for the shell", Arity = ArgumentArity.ZeroOrOne };
        var message = new Option<string?>("--event") { Description = "A QMP event as JSON, with 'vm' and 'host' if they matter" };
        var variables = new Option<string?>("--vars") { Description = "Variables as a JSON object, e.g. {\"limit\": 10}" };
        var container = new Option<string?>("--container") { Description = "Names are sought under this prefix first" };
        var batch = new Option<bool>("--batch") { Description = "Read {\"expr\",\"event\",\"vars\",\"container\"} a line, write {\"value\"} or {\"error\"} a line" };
        var command = new Command("eval", "Evaluate a condition over an event.") { expression, message, variables, container, batch };
        command.Does((parsed, cancellationToken) =>
        {
            var (text, eventText, varsText, prefix) = (parsed.GetValue(expression), parsed.GetValue(message), parsed.GetValue(variables), parsed.GetValue(container));
            if (parsed.GetValue(batch))
            {
                return text is null && eventText is null && varsText is null && prefix is null
                    ? EvalBatch.RunAsync(cancellationToken)
                    : Misuse("--batch takes its expressions, events and variables from the standard input alone");
            }

            if (text is null) return Misuse("give an expression, or --batch");
            if (!TryParse("--event", eventText, out var eventJson) || !TryParse("--vars", varsText, out var varsJson)) return Task.FromResult(ExitCode.Misuse);
            return Task.FromResult(Print(text, Evaluate(text, eventJson, varsJson, prefix)));
        });
        return command;
    }

    /// <param name="message">Null when there is none.</param>
    /// <param name="container">Null for none.</param>
    public static Evaluator.Outcome Evaluate(string expression, JsonElement? message, JsonElement? variables, string? container)
    {
        var request = message is { } json ? EvalSubject.Read(expression, json) : new EvalRequest(expression);
        return request is null
            ? new(null, "the event is not a JSON object")
            : Evaluator.EvalOnce(request with { Variables = variables, Container = container ?? "" });
    }

    private static Task<int> Misuse(string message)
    {
        Console.Error.WriteLine($"qualm eval: {message}");
        return Task.FromResult(ExitCode.Misuse);
    }

    private static int Print(string expression, Evaluator.Outcome outcome)
    {
        if (outcome.Json is not { } value)
        {
            Console.Error.WriteLine($"error: {outcome.Fault?.Message ?? outcome.Error}");
            if (outcome.Fault is { } fault) PointAt(expression, fault);
            return ExitCode.Findings;
        }

        using var output = Output.Lines();
        output.Line(value);
        return ExitCode.Good;
    }

    private static void PointAt(string expression, CelDiagnostic fault)
    {
        var start = expression.LastIndexOf('\n', Math.Max(0, fault.Span.Offset - 1), Math.Max(0, fault.Span.Offset)) + 1;
        var end = expression.IndexOf('\n', fault.Span.Offset);
        var line = expression[start..(end < 0 ? expression.Length : end)];
        var before = line[..Math.Min(line.Length, fault.Span.Offset - start)];
        var width = Math.Clamp(fault.Span.Length, 1, Math.Max(1, line.Length - before.Length));
        Console.Error.WriteLine($"  | {line.Replace('\t', ' ')}");
        Console.Error.WriteLine($"  | {new string(' ', before.EnumerateRunes().Count())}{new string('^', width)}");
        if (fault.Hint is { } hint) Console.Error.WriteLine($"  = {hint}");
    }

    private static bool TryParse(string option, string? text, out JsonElement? json)
    {
        json = null;
        if (text is null) return true;
        try
        {
            json = Parse(Encoding.UTF8.GetBytes(text));
            return true;
        }
        catch (JsonException e)
        {
            Console.Error.WriteLine($"qualm eval: {option} is not JSON: {e.Message}");
            return false;
        }
    }

    private static JsonElement Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        using var document = JsonDocument.ParseValue(ref reader);
        if (reader.Read()) throw new JsonException("there is something after it.");
        return document.RootElement.Clone();
    }
}
