using System.Text.Json.Nodes;

namespace Qualm.Acceptance.Tests.Support;

/// <summary>A command that has run to its end.</summary>
/// <param name="Out">Bytes of stdout.</param>
/// <param name="Error">Text of stderr.</param>
/// <param name="PeakMemory">Highest resident set that was seen, in bytes.</param>
internal sealed record Finished(int Code, byte[] Out, string Error, long PeakMemory)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Out);

    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The lines of stdout, each one JSON object.</summary>
    public JsonObject[] Json => [.. Lines.Select(line => JsonNode.Parse(line)!.AsObject())];

    /// <summary>The same, once its exit code is what it should be.</summary>
    public Finished ShouldExit(int code)
    {
        Code.ShouldBe(code, $"stdout: {Tail(Text)}\nstderr: {Tail(Error)}");
        return this;
    }

    private static string Tail(string text) => text.Length > 4000 ? "…" + text[^4000..] : text;
}
