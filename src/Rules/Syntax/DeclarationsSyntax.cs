using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>What a file declares for all files of its set, in the order of the file.</summary>
internal sealed record DeclarationsSyntax(ImmutableArray<ListSyntax> Lists, ImmutableArray<MacroSyntax> Macros, ImmutableArray<IntervalSyntax> Intervals)
{
    public static readonly DeclarationsSyntax None = new([], [], []);
}
