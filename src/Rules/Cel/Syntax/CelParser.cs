using System.Collections.Immutable;
using System.Globalization;

namespace Qualm.Rules.Cel;

/// <summary>Parses the text of an expression. Reports the first fault only: what follows it means nothing.</summary>
internal sealed partial class CelParser
{
    /// <summary>Longest text taken, in UTF-16 units.</summary>
    public const int MaxLength = 32_768;

    /// <summary>Deepest nesting of brackets and of chained conditionals.</summary>
    public const int MaxNesting = 64;

    /// <summary>Deepest tree, chains of operators and selections included.</summary>
    public const int MaxDepth = 250;

    private readonly List<CelToken> _tokens;
    private int _at;
    private int _nesting;
    private CelDiagnostic? _fault;

    private CelParser(List<CelToken> tokens, CelDiagnostic? fault)
    {
        _tokens = tokens;
        _fault = fault;
    }

    /// <summary>The tree, or the reason why there is none.</summary>
    public static CelExpr? Parse(string text, out CelDiagnostic? fault)
    {
        if (text.Length > MaxLength)
        {
            fault = new CelDiagnostic(new CelSpan(0, text.Length), string.Create(CultureInfo.InvariantCulture, $"an expression of {text.Length} characters; the limit is {MaxLength}"));
            return null;
        }

        var lexer = new CelLexer(text);
        var parser = new CelParser(lexer.Read(), lexer.Fault);
        var expr = parser._tokens is [{ Kind: CelTokenKind.End }] && lexer.Fault is null
            ? parser.Fail(new CelSpan(0, 0), "an empty expression")
            : parser.ReadExpr();
        if (parser._fault is null && parser.Here.Kind != CelTokenKind.End) parser.Fail(parser.Here.Span, $"unexpected '{parser.Here.Text}' after the expression", parser.Here.Text is "and" or "or" ? $"write {(parser.Here.Text == "and" ? "&&" : "||")}" : null);

        // A fault of the lexer lies at or before whatever the parser stumbled over.
        fault = lexer.Fault ?? parser._fault;
        return fault is null ? expr : null;
    }

    /// <summary>Reads decimal or hexadecimal digits of a whole number without sign.</summary>
    public static bool TryParseWhole(string digits, out ulong number) =>
        digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
            : ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private CelToken Here => _tokens[_at];

    private CelToken Take()
    {
        var token = _tokens[_at];
        if (_at < _tokens.Count - 1) _at++;
        return token;
    }

    private bool TryTake(string symbol)
    {
        if (!Here.Is(symbol)) return false;
        Take();
        return true;
    }

    private CelToken Expect(string symbol)
    {
        if (Here.Is(symbol)) return Take();
        var found = Here.Kind == CelTokenKind.End ? "the end" : $"'{Here.Text}'";
        Fail(Here.Span, $"expected '{symbol}', found {found}", Here.Is("=") ? "write == to compare" : null);
        return Here;
    }

    // After a fault every loop stops and the placeholder is thrown away.
    private CelExpr.Literal Fail(CelSpan span, string message, string? hint = null)
    {
        _fault ??= new CelDiagnostic(span, message, hint);
        return new CelExpr.Literal(span, default);
    }

    private CelExpr ReadExpr()
    {
        if (++_nesting > MaxNesting)
        {
            _nesting--;
            return Fail(Here.Span, $"nested more than {MaxNesting} levels deep");
        }

        var expr = ReadLogic(isAnd: false);
        if (_fault is null && TryTake("?"))
        {
            var then = ReadLogic(isAnd: false);
            Expect(":");
            var other = _fault is null ? ReadExpr() : then;
            expr = new CelExpr.Conditional(expr.Span.To(other.Span), expr, then, other);
        }

        _nesting--;
        return expr;
    }

    private CelExpr ReadLogic(bool isAnd)
    {
        var symbol = isAnd ? "&&" : "||";
        var first = isAnd ? ReadRelation() : ReadLogic(isAnd: true);
        if (!Here.Is(symbol)) return first;
        var operands = ImmutableArray.CreateBuilder<CelExpr>();
        operands.Add(first);
        while (_fault is null && TryTake(symbol)) operands.Add(isAnd ? ReadRelation() : ReadLogic(isAnd: true));
        return new CelExpr.Logic(first.Span.To(operands[^1].Span), isAnd, operands.ToImmutable());
    }

    private CelExpr ReadRelation() => ReadChain(ReadSum, static t => t.Text is "==" or "!=" or "<" or "<=" or ">" or ">=" || (t.Kind == CelTokenKind.Identifier && t.Text == "in"));

    private CelExpr ReadSum() => ReadChain(ReadProduct, static t => t.Text is "+" or "-");

    private CelExpr ReadProduct() => ReadChain(ReadUnary, static t => t.Text is "*" or "/" or "%");

    private CelExpr ReadChain(Func<CelExpr> operand, Func<CelToken, bool> isOperator)
    {
        var left = operand();
        var depth = 0;
        while (_fault is null && Here.Kind is CelTokenKind.Symbol or CelTokenKind.Identifier && isOperator(Here))
        {
            var sign = Take();
            if (++depth > MaxDepth / 2) return Fail(sign.Span, "too many operators in a row");
            var right = operand();
            left = new CelExpr.Binary(left.Span.To(right.Span), sign.Text, left, right);
        }

        return left;
    }

    private CelExpr ReadUnary()
    {
        if (!Here.Is("!") && !Here.Is("-")) return ReadMember();
        var first = Here;
        var count = 0;
        while (TryTake(first.Text)) count++;
        var negatesNumber = first.Is("-") && Here.Kind is CelTokenKind.Int or CelTokenKind.Double;
        if (first.Is("-") && negatesNumber && count % 2 == 1)
        {
            var number = ReadMember(negative: true, first.Span);
            count--;
            return count == 0 ? number : Wrap(first, 2, number);
        }

        // An even number of signs is as good as two, an odd one as good as one.
        return Wrap(first, count % 2 == 0 ? 2 : 1, ReadMember());
    }

    private static CelExpr Wrap(CelToken sign, int count, CelExpr operand)
    {
        for (; count > 0; count--)
        {
            var span = sign.Span.To(operand.Span);
            operand = sign.Is("!") ? new CelExpr.Not(span, operand) : new CelExpr.Negate(span, operand);
        }

        return operand;
    }
}
