namespace Qualm.Rules.Syntax;

/// <summary>Whether a rule runs, and whether anybody hears of it.</summary>
internal enum RuleMode
{
    Active,

    /// <summary>Evaluated and recorded, never delivered.</summary>
    Shadow,
    Disabled,
}
