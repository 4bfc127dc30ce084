using YamlDotNet.Core;

namespace Qualm.Rules.Syntax;

/// <summary>Follows a scalar's value through the text it was written in, so that a fault inside an expression gets its own column.</summary>
/// <remarks>Single-line scalars exactly; block scalars line by line, without folding; anything else not at all.</remarks>
internal static class ScalarOrigins
{
    public static Scalar.Origin[] Trace(SourceText source, int index, int line, int column, string value, ScalarStyle style) => style switch
    {
        ScalarStyle.Plain => Direct(source, index, line, column, value),
        ScalarStyle.SingleQuoted => Quoted(source.Text, index, line, column, value, SingleStep),
        ScalarStyle.DoubleQuoted => Quoted(source.Text, index, line, column, value, DoubleStep),
        ScalarStyle.Literal => Block(source, line, value),
        ScalarStyle.Folded => Block(source, line, value),
        _ => [],
    };

    private static Scalar.Origin[] Direct(SourceText source, int index, int line, int column, string value)
    {
        if (string.CompareOrdinal(source.Text, index, value, 0, value.Length) != 0) return [];
        var origins = new Scalar.Origin[value.Length + 1];
        for (var i = 0; i < origins.Length; i++) origins[i] = new(line, column + i);
        return origins;
    }

    private static Scalar.Origin[] Quoted(
        string text, int index, int line, int column, string value, Func<string, int, (int Source, int Value)> step)
    {
        var origins = new Scalar.Origin[value.Length + 1];
        var at = index + 1;
        var i = 0;
        while (i < value.Length)
        {
            if (at >= text.Length || text[at] is '\n' or '\r') return [];
            var (width, made) = step(text, at);
            for (var k = 0; k < made && i < value.Length; k++) origins[i++] = new(line, column + (at - index));
            at += width;
        }

        origins[value.Length] = new(line, column + (at - index));
        return origins;
    }

    private static (int Source, int Value) SingleStep(string text, int at) => (text[at] == '\'' ? 2 : 1, 1);

    private static (int Source, int Value) DoubleStep(string text, int at)
    {
        if (text[at] != '\\' || at + 1 >= text.Length) return (1, 1);
        return text[at + 1] switch
        {
            'x' => (4, 1),
            'u' => (6, 1),
            'U' => (10, 2),
            _ => (2, 1),
        };
    }

    private static Scalar.Origin[] Block(SourceText source, int headerLine, string value)
    {
        var origins = new Scalar.Origin[value.Length + 1];
        var line = headerLine + 1;
        var indent = Indent(source, line);
        var column = indent + 1;
        for (var i = 0; i < value.Length; i++)
        {
            origins[i] = new(line, column++);
            var folded = column > source.Line(line).Length + 1;
            if (value[i] != '\n' && !(folded && value[i] == ' ')) continue;
            line++;
            column = indent + 1;
        }

        origins[value.Length] = new(line, column);
        return origins;
    }

    private static int Indent(SourceText source, int line)
    {
        var text = source.Line(line);
        return text.Length - text.TrimStart(' ').Length;
    }
}
