namespace Qualm.Rules.Declarations;

/// <summary>What is declared.</summary>
internal enum DeclarationKind
{
    List,
    Macro,
    Interval,
}
