namespace Qualm.Rules.Cel;

/// <summary>A stretch of an expression's text, in UTF-16 units from its start.</summary>
public readonly record struct CelSpan(int Offset, int Length)
{
    public int End => Offset + Length;

    /// <summary>The stretch from the start of this one to the end of another.</summary>
    public CelSpan To(CelSpan last) => new(Offset, last.End - Offset);
}
