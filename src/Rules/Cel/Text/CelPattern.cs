using System.Text.RegularExpressions;

namespace Qualm.Rules.Cel;

/// <summary>A compiled pattern of <c>matches</c>.</summary>
/// <param name="Regex">Takes time linear in the text.</param>
/// <param name="Size">Characters and sets of the pattern, repeats written out.</param>
internal sealed record CelPattern(Regex Regex, long Size)
{
    // At its worst the engine keeps every place of the pattern in mind at once.
    private const int PlacesPerStep = 16;

    /// <summary>Steps that matching a text of this length takes at most.</summary>
    public int Steps(int length) => (int)Math.Min(CelState.MaxSteps + 1, length * (1 + (Size / PlacesPerStep)));
}
