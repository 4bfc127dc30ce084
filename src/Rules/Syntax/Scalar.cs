namespace Qualm.Rules.Syntax;

/// <summary>A YAML scalar: its value and how it was written.</summary>
/// <param name="Origins">Line and column of every character of the value, and one past the last; empty when the text could not be followed.</param>
internal sealed record Scalar(SourceSpan Span, string Value, bool Plain, Scalar.Origin[] Origins) : Node(Span)
{
    public readonly record struct Origin(int Line, int Column);

    /// <summary>Written without quotes as null or not at all.</summary>
    public bool IsNull => Plain && Value is "" or "~" or "null";

    public override string Kind => IsNull ? "nothing" : "a single value";

    /// <summary>Where a part of the value stands in the file.</summary>
    /// <param name="offset">In characters of <see cref="Value"/>.</param>
    public SourceSpan At(int offset, int length)
    {
        if (Origins.Length == 0) return Span;
        var start = Origins[Math.Clamp(offset, 0, Origins.Length - 1)];
        var end = Origins[Math.Clamp(offset + Math.Max(1, length), 0, Origins.Length - 1)];
        var width = end.Line == start.Line ? end.Column - start.Column : Math.Max(1, length);
        return new SourceSpan(Span.File, start.Line, start.Column, Math.Max(1, width));
    }

    public bool Equals(Scalar? other) => other is not null && Span == other.Span && Value == other.Value;

    public override int GetHashCode() => HashCode.Combine(Span, Value);
}
