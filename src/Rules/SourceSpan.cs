namespace Qualm.Rules;

/// <summary>A place in a rule file.</summary>
/// <param name="File">Path as given in the set, parts joined by <c>/</c>.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">In characters, from 1.</param>
/// <param name="Length">In characters of the same line; at least 1.</param>
public readonly record struct SourceSpan(string File, int Line, int Column, int Length) : IComparable<SourceSpan>
{
    public static bool operator <(SourceSpan left, SourceSpan right) => left.CompareTo(right) < 0;

    public static bool operator >(SourceSpan left, SourceSpan right) => left.CompareTo(right) > 0;

    public static bool operator <=(SourceSpan left, SourceSpan right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SourceSpan left, SourceSpan right) => left.CompareTo(right) >= 0;

    public int CompareTo(SourceSpan other)
    {
        var files = string.CompareOrdinal(File, other.File);
        if (files != 0) return files;
        return Line != other.Line ? Line.CompareTo(other.Line) : Column.CompareTo(other.Column);
    }

    public override string ToString() => $"{File}:{Line}:{Column}";
}
