using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Qualm.Engine.Cli;
using Qualm.Model;

namespace Qualm.Engine.Replaying;

/// <summary>Prints decisions as they are made: JSON for programs, a line of text for people.</summary>
internal sealed class TransitionLines(Stream output, bool asJson) : IDecisionSink
{
    private static readonly JsonWriterOptions Form = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _line = new();

    /// <summary>Decisions printed.</summary>
    public long Count { get; private set; }

    public void Decide(AlertTransition transition)
    {
        Count++;
        if (!asJson)
        {
            output.Line(Text(transition));
            return;
        }

        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line, Form)) TransitionJson.Write(json, transition);
        output.Line(_line.WrittenSpan);
    }

    private static string Text(AlertTransition transition)
    {
        var key = string.Join(", ", transition.Key.Select(part => $"{part.Name}={part.Value}"));
        var text = new StringBuilder()
            .Append(transition.At).Append("  ").Append(TransitionJson.Name(transition.Transition).PadRight(9))
            .Append((transition.Kind == ConclusionKind.Alert ? TransitionJson.Name(transition.Severity) : TransitionJson.Name(transition.Kind)).PadRight(9)).Append(transition.Alert).Append(" {").Append(key).Append("}  ").Append(transition.Summary);
        if (transition.Reason is { } reason) text.Append("  (").Append(reason).Append(')');
        return text.ToString();
    }
}
