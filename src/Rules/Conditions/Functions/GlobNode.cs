using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary><c>glob(text, pattern)</c>: <c>*</c> is any text, <c>?</c> one character; the whole text must match, letter by letter.</summary>
internal sealed class GlobNode(CelSpan span, CelNode<EvalContext> text, CelNode<EvalContext> pattern) : BoolNode<EvalContext>(span, text, pattern)
{
    public override bool Bool(ref EvalContext context, ref CelState state)
    {
        if (text.IsUtf8 && pattern.IsUtf8)
        {
            var utf8 = text.Utf8(ref context, ref state);
            if (state.Failed) return false;
            var glob = pattern.Utf8(ref context, ref state);
            return !state.Failed && state.Spend(CelWork.OfSearch(utf8.Length, glob.Length)) && Glob.Matches(utf8, glob);
        }

        var chars = text.Text(ref context, ref state);
        if (state.Failed) return false;
        var written = pattern.Text(ref context, ref state);
        return !state.Failed && state.Spend(CelWork.OfSearch(chars.Length, written.Length)) && Glob.Matches(chars, written);
    }
}
