using System.Text;
using Spectre.Console;

namespace Qualm.Engine.Cli;

/// <summary>Where results go: tables for people, lines for programs. Diagnostics go to the standard error.</summary>
internal static class Output
{
    private const int PipeWidth = 160;

    /// <summary>For tables. Plain and wide when the output is not a terminal.</summary>
    public static IAnsiConsole People()
    {
        if (!Console.IsOutputRedirected) return AnsiConsole.Create(new AnsiConsoleSettings());
        var plain = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        plain.Profile.Width = PipeWidth;
        return plain;
    }

    /// <summary>For lines: UTF-8 without a mark, buffered; dispose it to flush.</summary>
    public static Stream Lines() => new BufferedStream(Console.OpenStandardOutput(), 1 << 16);

    public static void Line(this Stream lines, ReadOnlySpan<byte> utf8)
    {
        lines.Write(utf8);
        lines.WriteByte((byte)'\n');
    }

    public static void Line(this Stream lines, string text) => lines.Line(Encoding.UTF8.GetBytes(text));
}
