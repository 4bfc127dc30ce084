namespace Qualm.Model;

/// <summary>Type of a member of an event's <c>data</c>, as far as rules tell types apart.</summary>
public enum MemberType
{
    Bool,

    /// <summary>A whole number of 64 bits with sign.</summary>
    Int,

    /// <summary>A whole number of 64 bits without sign (QAPI <c>uint64</c>, <c>size</c>).</summary>
    UInt,

    /// <summary>A number with a fraction; QMP has none today, derived events may.</summary>
    Double,

    String,

    /// <summary>A string out of a list that grows with QEMU; unknown values are kept.</summary>
    Enum,

    /// <summary>An object with members of its own.</summary>
    Object,

    /// <summary>A value whose shape the catalogue does not know.</summary>
    Any,
}
