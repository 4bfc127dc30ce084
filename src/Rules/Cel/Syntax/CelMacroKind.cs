namespace Qualm.Rules.Cel;

/// <summary>The macros that walk a list or map.</summary>
internal enum CelMacroKind : byte
{
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
}
