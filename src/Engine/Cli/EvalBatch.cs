using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Qualm.Rules.Conditions;

namespace Qualm.Engine.Cli;

/// <summary><c>qualm eval --batch</c>: answers each line of the standard input by one line.</summary>
internal static class EvalBatch
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
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
        using (var json = new Utf8JsonWriter(stream, Plain))
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
            if (request.ValueKind != JsonValueKind.Object || Text(request, "expr") is not { } expression) return new(null, "the line must be an object with the text 'expr'");
            return EvalCommand.Evaluate(expression, Member(request, "event"), Member(request, "vars"), Text(request, "container"));
        }
        catch (JsonException e)
        {
            return new(null, $"the line is not JSON: {e.Message}");
        }
    }

    private static string? Text(JsonElement request, string name)
    {
        if (Member(request, name) is not { ValueKind: JsonValueKind.String } member) return null;
        try
        {
            return member.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: sound JSON but no text.
            return null;
        }
    }

    private static JsonElement? Member(JsonElement request, string name) =>
        request.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
