namespace Qualm.Rules.Syntax;

/// <summary>The text of one rule file, cut into lines for spans and carets.</summary>
internal sealed class SourceText
{
    private readonly string[] _lines;

    public SourceText(string path, string text)
    {
        Path = path;
        Text = text;
        _lines = text.Split('\n');
        for (var i = 0; i < _lines.Length; i++) _lines[i] = _lines[i].TrimEnd('\r');
    }

    public string Path { get; }

    public string Text { get; }

    /// <param name="number">From 1.</param>
    /// <returns>Without its end; empty past the last line.</returns>
    public string Line(int number) => number >= 1 && number <= _lines.Length ? _lines[number - 1] : "";

    public SourceSpan Span(long line, long column, long length = 1) =>
        new(Path, (int)Math.Max(1, line), (int)Math.Max(1, column), (int)Math.Max(1, length));
}
