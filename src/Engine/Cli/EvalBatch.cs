using System.Buffers;
using System.IO.Pipelines;
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
        var input = PipeReader.Create(Console.OpenStandardInput(), new StreamPipeReaderOptions(bufferSize: 1 << 16));
        await using var output = Output.Lines();
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            while (TryTakeLine(ref rest, out var line)) Reply(output, line);
            if (read.IsCompleted && !rest.IsEmpty) Reply(output, rest);
            input.AdvanceTo(read.IsCompleted ? rest.End : rest.Start, rest.End);

            // A program may wait for each answer before it asks again.
            await output.FlushAsync(cancellationToken);
            if (read.IsCompleted) return ExitCode.Good;
        }
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> rest, out ReadOnlySequence<byte> line)
    {
        line = default;
        if (rest.PositionOf((byte)'\n') is not { } end) return false;
        line = rest.Slice(0, end);
        rest = rest.Slice(rest.GetPosition(1, end));
        return true;
    }

    private static void Reply(Stream output, in ReadOnlySequence<byte> line)
    {
        var bytes = line.ToArray().AsMemory();
        if (bytes.Span.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        if (bytes.Span.ContainsAnyExcept(" \t\r"u8)) output.Line(Answer(bytes));
    }

    private static byte[] Answer(ReadOnlyMemory<byte> line)
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

    private static Evaluator.Outcome Evaluate(ReadOnlyMemory<byte> line)
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
