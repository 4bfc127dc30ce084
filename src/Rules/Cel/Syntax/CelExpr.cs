using System.Collections.Immutable;

namespace Qualm.Rules.Cel;

/// <summary>A parsed expression.</summary>
/// <param name="Span">The text it was read from, brackets around it left out.</param>
internal abstract record CelExpr(CelSpan Span)
{
    public sealed record Literal(CelSpan Span, CelValue Value) : CelExpr(Span);

    /// <param name="Absolute">Written with a leading dot: not a macro's variable, nor inside the container.</param>
    public sealed record Name(CelSpan Span, string Text, bool Absolute) : CelExpr(Span);

    /// <param name="FieldSpan">Of the field alone, its back-ticks included.</param>
    /// <param name="Quoted">Written with back-ticks.</param>
    public sealed record Select(CelSpan Span, CelExpr Operand, string Field, CelSpan FieldSpan, bool Quoted) : CelExpr(Span);

    /// <summary><c>has(x.y)</c>.</summary>
    public sealed record Has(CelSpan Span, Select Path) : CelExpr(Span);

    public sealed record Index(CelSpan Span, CelExpr Operand, CelExpr Key) : CelExpr(Span);

    /// <param name="Target">Of the receiver form; null for the global one.</param>
    public sealed record Call(CelSpan Span, CelExpr? Target, string Function, CelSpan FunctionSpan, ImmutableArray<CelExpr> Arguments) : CelExpr(Span);

    public sealed record ListOf(CelSpan Span, ImmutableArray<CelExpr> Items) : CelExpr(Span);

    public sealed record MapOf(CelSpan Span, ImmutableArray<CelExpr> Keys, ImmutableArray<CelExpr> Values) : CelExpr(Span);

    /// <summary>A chain of <c>&amp;&amp;</c>, or of <c>||</c>, of any length.</summary>
    public sealed record Logic(CelSpan Span, bool IsAnd, ImmutableArray<CelExpr> Operands) : CelExpr(Span);

    public sealed record Not(CelSpan Span, CelExpr Operand) : CelExpr(Span);

    public sealed record Negate(CelSpan Span, CelExpr Operand) : CelExpr(Span);

    public sealed record Binary(CelSpan Span, string Operator, CelExpr Left, CelExpr Right) : CelExpr(Span);

    public sealed record Conditional(CelSpan Span, CelExpr Test, CelExpr Then, CelExpr Else) : CelExpr(Span);

    /// <summary>A macro over a list or the keys of a map.</summary>
    /// <param name="Filter">The condition; null for <c>map</c> of two arguments.</param>
    /// <param name="Transform">Of <c>map</c> only.</param>
    public sealed record Macro(CelSpan Span, CelMacroKind Kind, CelExpr Range, string Variable, CelExpr? Filter, CelExpr? Transform) : CelExpr(Span);
}
