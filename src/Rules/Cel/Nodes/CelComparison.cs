namespace Qualm.Rules.Cel;

/// <summary>The comparing operators.</summary>
public enum CelComparison : byte
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
