namespace Qualm.Ingest.Qmp;

/// <summary>What keeps <c>data</c> from being taken as it came.</summary>
[Flags]
internal enum Oddities : byte
{
    None = 0,

    /// <summary>A key occurs twice in one object.</summary>
    Duplicate = 1,

    /// <summary>A string holds what jsonb cannot: <c>\u0000</c> or half a surrogate pair.</summary>
    Text = 2,

    /// <summary>A number is out of range for PostgreSQL's <c>numeric</c>.</summary>
    Number = 4,

    /// <summary>Members are named or placed as in old versions of QEMU.</summary>
    OldShape = 8,

    /// <summary>An object is too large for a look at its keys without allocating.</summary>
    Unsure = 16,
}
