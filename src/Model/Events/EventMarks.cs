namespace Qualm.Model;

/// <summary>What is remarkable about a recorded event. Decided once, stored with it.</summary>
[Flags]
public enum EventMarks : byte
{
    None = 0,

    /// <summary>QEMU gave no time, or -1; the stamp stands in.</summary>
    NoTime = 1,

    /// <summary>QEMU's clock is not trusted on this connection; the stamp stands in.</summary>
    UntrustedTime = 2,

    /// <summary>Recorded after a deadline it could have met was decided.</summary>
    Late = 4,

    /// <summary>Several equal events recorded as one; see its weight.</summary>
    Folded = 8,

    /// <summary>The stored <c>data</c> differs from what was received; the raw bytes are kept beside it.</summary>
    Altered = 16,
}
