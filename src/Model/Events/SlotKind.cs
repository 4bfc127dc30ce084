namespace Qualm.Model;

/// <summary>What a decoded member holds.</summary>
public enum SlotKind : byte
{
    /// <summary>The event has no such member.</summary>
    Absent,
    Null,
    False,
    True,

    /// <summary>A JSON number; the slot spans its text.</summary>
    Number,

    /// <summary>A string without escapes; the slot spans its bytes, quotes left out.</summary>
    String,

    /// <summary>A string with escapes; the slot spans its raw bytes, quotes left out.</summary>
    EscapedString,

    /// <summary>The slot spans the whole array, brackets included.</summary>
    Array,

    /// <summary>The slot spans the whole object, braces included; known members have slots of their own too.</summary>
    Object,
}
