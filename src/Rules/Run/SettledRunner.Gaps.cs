using Qualm.Model;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Run;

// Of a window that reaches into a gap nobody knows that it is as empty as it looks: what would follow from that waits until the
// window is wholly known again.
internal sealed partial class SettledRunner
{
    // In place of whether the condition holds: it looks as if it had changed.
    private const long Uncertain = 2;

    // When the window is wholly known again and what looked changed is decided; null when nothing did, or while nobody can say.
    private (Instant At, Instant Stamp, long Position)? KnownAgain(int slot, long[] block) =>
        block[HoldsWord] == Uncertain && Gaps.Policy == GapPolicy.Unknown && GapOf(slot) is { Open: false } gap
            ? (gap.EndedAt + Gaps.Silence, gap.EndedStamp + Gaps.Silence, gap.EndedBy.Value)
            : null;
}
