using System.Text.Encodings.Web;
using System.Text.Json;
using Qualm.Engine.Cli;
using Qualm.Store.Chain;

namespace Qualm.Engine.Verifying;

/// <summary>One object a finding, and one about the whole at the end.</summary>
internal sealed class JsonVerification(Stream output) : IVerificationOutput
{
    private static readonly JsonWriterOptions Form = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private long _findings;

    /// <summary><c>LinkAltered</c> as <c>link_altered</c>.</summary>
    public static string Name(FindingKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    public void Found(Finding finding)
    {
        _findings++;
        Line(json =>
        {
            json.WriteString("finding", Name(finding.Kind));
            if (finding.Position is { } position) json.WriteNumber("position", position.Value);
            if (finding.Link is { } link) json.WriteNumber("link", link);
            if (finding.Turn is { } turn) json.WriteNumber("turn", turn);
            if (finding.Stream is { } stream) json.WriteString("stream", stream);
            json.WriteString("text", finding.Text);
        });
    }

    public void End(VerificationReport report) => Line(json =>
    {
        var chain = report.Chain;
        json.WriteBoolean("sound", _findings == 0);
        json.WriteNumber("findings", _findings);
        json.WriteNumber("links", chain.Links);
        json.WriteNumber("events", chain.Events);
        if (chain.FirstTurn is { } first) json.WriteNumber("first_turn", first);
        json.WriteNumber("unproved_up_to", chain.Before.Value);
        json.WriteNumber("streams", report.Streams);
        json.WriteNumber("inputs", report.Inputs);
        json.WriteNumber("decisions", report.Decisions);
        json.WriteString("digest", Convert.ToHexStringLower(report.Digest.Span));
        json.WriteNumber("read_models", report.Models);
        json.WriteStartArray("foreign");
        foreach (var (stream, events) in chain.Foreign.OrderBy(f => f.Value.First))
        {
            json.WriteStartObject();
            json.WriteString("stream", stream);
            json.WriteNumber("events", events.Count);
            json.WriteNumber("first", events.First.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("head", chain.Head?.ToString());
    });

    private void Line(Action<Utf8JsonWriter> members)
    {
        var line = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line, Form))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        output.Line(line.WrittenSpan);
    }
}
