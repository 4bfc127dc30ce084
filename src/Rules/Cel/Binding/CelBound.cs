using System.Collections.Immutable;

namespace Qualm.Rules.Cel;

/// <summary>A text that was parsed, checked and turned into nodes.</summary>
/// <param name="Root">Null when there are errors.</param>
/// <param name="Errors">In the order of the text.</param>
/// <param name="Doubts">Reads of members that may be absent, not guarded by <c>has</c>.</param>
/// <param name="Reads">Every member of the host that is read or asked for, in the order of the text, once for each place.</param>
/// <param name="Locals">How many macros' variables live at the same time.</param>
internal sealed record CelBound<T>(
    CelNode<T>? Root, ImmutableArray<CelDiagnostic> Errors, ImmutableArray<CelDiagnostic> Doubts, ImmutableArray<CelMember<T>> Reads, int Locals)
    where T : allows ref struct
{
    /// <summary>A fresh state for one evaluation.</summary>
    public CelState Start() => Locals == 0 ? default : new CelState { Locals = new CelValue[Locals] };
}
