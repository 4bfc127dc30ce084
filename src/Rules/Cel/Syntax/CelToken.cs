namespace Qualm.Rules.Cel;

/// <summary>What a token is.</summary>
internal enum CelTokenKind : byte
{
    End,
    Identifier,

    /// <summary>A name between back-ticks; only after a dot.</summary>
    QuotedName,
    Int,
    UInt,
    Double,
    String,
    Bytes,

    /// <summary>An operator or bracket; its text tells which.</summary>
    Symbol,
}

/// <summary>One token.</summary>
/// <param name="Text">As written; of quoted names without the back-ticks.</param>
/// <param name="Value">Of literals whose value does not depend on what stands before them.</param>
internal readonly record struct CelToken(CelTokenKind Kind, CelSpan Span, string Text, CelValue Value = default)
{
    public bool Is(string symbol) => Kind == CelTokenKind.Symbol && Text == symbol;
}
