using System.Text;

namespace Qualm.Rules.Cel;

/// <summary><c>matches</c>: whether a pattern is found anywhere in a text, in time linear in the text.</summary>
internal sealed class MatchesNode<T>(CelSpan span, CelNode<T> text, CelNode<T> pattern, CelPattern? constant) : BoolNode<T>(span, text, pattern)
    where T : allows ref struct
{
    private const int StackChars = 256;
    private const int CompileSteps = 2000;
    private const int StepsPerCharacter = 50;

    // Patterns that are computed are mostly the same again; replaced whole, so readers need no lock.
    private volatile Compiled? _last;

    public override bool Bool(ref T context, ref CelState state)
    {
        var regex = constant ?? Compile(ref context, ref state);
        if (regex is null) return false;
        if (!text.IsUtf8)
        {
            var chars = text.Text(ref context, ref state);
            return !state.Failed && state.Spend(regex.Steps(chars.Length)) && regex.Regex.IsMatch(chars);
        }

        var utf8 = text.Utf8(ref context, ref state);
        if (state.Failed || !state.Spend(regex.Steps(utf8.Length))) return false;
        if (utf8.Length > StackChars) return regex.Regex.IsMatch(Encoding.UTF8.GetString(utf8));
        Span<char> buffer = stackalloc char[StackChars];
        return regex.Regex.IsMatch(buffer[..Encoding.UTF8.GetChars(utf8, buffer)]);
    }

    private CelPattern? Compile(ref T context, ref CelState state)
    {
        var written = pattern.Text(ref context, ref state);
        if (state.Failed) return null;
        if (_last is { } last && last.Pattern == written) return last.Regex;
        if (!state.Spend(CompileSteps + (written.Length * StepsPerCharacter))) return null;
        var regex = CelRegex.Compile(written, out var fault);
        if (regex is null)
        {
            state.Error = new CelError(fault!);
            return null;
        }

        _last = new Compiled(written, regex);
        return regex;
    }

    private sealed record Compiled(string Pattern, CelPattern Regex);
}
