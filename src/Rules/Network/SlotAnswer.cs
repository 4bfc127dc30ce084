namespace Qualm.Rules.Network;

/// <summary>What the bytes of a member say of a comparison.</summary>
internal enum SlotAnswer : byte
{
    No,
    Yes,

    /// <summary>The member is absent or of another type.</summary>
    Error,

    /// <summary>Written in a way that only the compiled condition understands.</summary>
    Ask,
}
