namespace Qualm.Rules.Cel;

/// <summary>What a value is at run time.</summary>
public enum CelKind : byte
{
    Null,
    Bool,
    Int,
    UInt,
    Double,
    String,
    Bytes,
    List,
    Map,
    Timestamp,
    Duration,

    /// <summary>A type as a value: what <c>type(x)</c> gives.</summary>
    Type,
}
