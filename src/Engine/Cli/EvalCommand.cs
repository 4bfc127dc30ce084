using System.CommandLine;
using System.Text;
using System.Text.Json;
using Qualm.Rules.Conditions;

namespace Qualm.Engine.Cli;

/// <summary><c>qualm eval</c>: one condition over one event, or a batch of them.</summary>
internal static class EvalCommand
{
    public static Command Create()
    {
        var expression = new Argument<string?>("expression") { Description = "A condition in CEL", Arity = ArgumentArity.ZeroOrOne };
        var message = new Option<string?>("--event") { Description = "A QMP event as JSON" };
        var variables = new Option<string?>("--vars") { Description = "Variables as a JSON object" };
        var batch = new Option<bool>("--batch") { Description = "Read {\"expr\",\"event\",\"vars\"} a line, write {\"value\"} or {\"error\"} a line" };
        var command = new Command("eval", "Evaluate a condition over an event.") { expression, message, variables, batch };
        command.Does((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(batch)) return BatchAsync(cancellationToken);
            if (parsed.GetValue(expression) is not { } text)
            {
                Console.Error.WriteLine("qualm eval: give an expression, or --batch");
                return Task.FromResult(ExitCode.Misuse);
            }

            if (!TryParse("--event", parsed.GetValue(message), out var eventJson) || !TryParse("--vars", parsed.GetValue(variables), out var varsJson))
            {
                return Task.FromResult(ExitCode.Misuse);
            }

            var outcome = Evaluator.EvalOnce(text, eventJson, varsJson);
            if (outcome.Json is null)
            {
                Console.Error.WriteLine($"error: {outcome.Error}");
                return Task.FromResult(ExitCode.Findings);
            }

            using var output = Output.Lines();
            output.Line(outcome.Json);
            return Task.FromResult(ExitCode.Good);
        });
        return command;
    }

    private static bool TryParse(string option, string? text, out JsonElement? json)
    {
        json = null;
        if (text is null) return true;
        try
        {
            using var document = JsonDocument.Parse(text);
            json = document.RootElement.Clone();
            return true;
        }
        catch (JsonException e)
        {
            Console.Error.WriteLine($"qualm eval: {option} is not JSON: {e.Message}");
            return false;
        }
    }

    private static async Task<int> BatchAsync(CancellationToken cancellationToken)
    {
        using var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
        await using var output = Output.Lines();
        while (await input.ReadLineAsync(cancellationToken) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            output.Line(Answer(line));
            // A program may wait for each answer before it asks again.
            if (!Console.IsInputRedirected || input.Peek() < 0) await output.FlushAsync(cancellationToken);
        }

        return ExitCode.Good;
    }

    private static byte[] Answer(string line)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            var outcome = Evaluate(line);
            if (outcome.Json is { } value)
            {
                json.WritePropertyName("value");
                json.WriteRawValue(value);
            }
            else
            {
                json.WriteString("error", outcome.Error);
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static Evaluator.Outcome Evaluate(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var request = document.RootElement;
            if (request.ValueKind != JsonValueKind.Object || !request.TryGetProperty("expr", out var text) || text.ValueKind != JsonValueKind.String)
            {
                return new(null, "the line must be an object with the text 'expr'");
            }

            return Evaluator.EvalOnce(text.GetString()!, Member(request, "event"), Member(request, "vars"));
        }
        catch (JsonException e)
        {
            return new(null, $"the line is not JSON: {e.Message}");
        }
    }

    private static JsonElement? Member(JsonElement request, string name) =>
        request.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
