using System.Collections.Immutable;

namespace Qualm.Rules.Cel;

internal sealed partial class CelParser
{
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
    };

    private CelExpr ReadMember(bool negative = false, CelSpan sign = default)
    {
        var expr = ReadPrimary(negative, sign);
        var depth = 0;
        while (_fault is null)
        {
            if (++depth > MaxDepth / 2) return Fail(Here.Span, "too many selections in a row");
            if (Here.Is("."))
            {
                Take();
                expr = ReadSelection(expr);
            }
            else if (TryTake("["))
            {
                if (Here.Is("?")) return Fail(Here.Span, "optional values are not in this subset");
                var key = ReadExpr();
                var close = Expect("]");
                expr = new CelExpr.Index(expr.Span.To(close.Span), expr, key);
            }
            else if (Here.Is("{") && expr is CelExpr.Name or CelExpr.Select)
            {
                return Fail(expr.Span.To(Here.Span), "messages cannot be built here", "write a map: {'name': value}");
            }
            else
            {
                return expr;
            }
        }

        return expr;
    }

    private CelExpr ReadSelection(CelExpr operand)
    {
        var name = Take();
        if (name.Kind == CelTokenKind.QuotedName) return new CelExpr.Select(operand.Span.To(name.Span), operand, name.Text, name.Span, Quoted: true);
        if (name.Is("?")) return Fail(name.Span, "optional values are not in this subset");
        if (name.Kind != CelTokenKind.Identifier) return Fail(name.Span, "expected a member's name after '.'");
        if (name.Text is "true" or "false" or "null" or "in") return Fail(name.Span, $"'{name.Text}' is a word of the language", $"write ['{name.Text}']");
        if (!Here.Is("(")) return new CelExpr.Select(operand.Span.To(name.Span), operand, name.Text, name.Span, Quoted: false);
        Take();
        var arguments = ReadList(")", out var close);
        var span = operand.Span.To(close.Span);
        return TryMacro(span, operand, name, arguments) ?? new CelExpr.Call(span, operand, name.Text, name.Span, arguments);
    }

    private CelExpr ReadPrimary(bool negative, CelSpan sign)
    {
        var token = Take();
        switch (token.Kind)
        {
            case CelTokenKind.Int: return ReadInt(token, negative, negative ? sign.To(token.Span) : token.Span);
            case CelTokenKind.Double when negative: return new CelExpr.Literal(sign.To(token.Span), CelValue.Of(-token.Value.AsDouble));
            case CelTokenKind.Double or CelTokenKind.UInt or CelTokenKind.String or CelTokenKind.Bytes: return new CelExpr.Literal(token.Span, token.Value);
            case CelTokenKind.Identifier: return ReadName(token, absolute: false);
            case CelTokenKind.QuotedName: return Fail(token.Span, "a name in back-ticks may only follow a '.'");
            case CelTokenKind.End: return Fail(token.Span, "the expression ends where a value is expected");
        }

        switch (token.Text)
        {
            case "(":
                var inner = ReadExpr();
                Expect(")");
                return inner;
            case "[":
                var items = ReadList("]", out var close);
                return new CelExpr.ListOf(token.Span.To(close.Span), items);
            case "{": return ReadMap(token);
            case "." when Here.Kind == CelTokenKind.Identifier: return ReadName(Take(), absolute: true);
            default: return Fail(token.Span, $"expected a value, found '{token.Text}'");
        }
    }

    private CelExpr.Literal ReadInt(CelToken token, bool negative, CelSpan span)
    {
        const ulong MinMagnitude = 1UL << 63;
        if (!TryParseWhole(token.Text, out var magnitude) || magnitude > (negative ? MinMagnitude : MinMagnitude - 1))
        {
            return Fail(span, $"{(negative ? "-" : "")}{token.Text} is not in the range of int", "write it with a u, as a uint, or as a double");
        }

        return new CelExpr.Literal(span, CelValue.Of(negative ? unchecked((long)(0 - magnitude)) : (long)magnitude));
    }

    private CelExpr ReadName(CelToken token, bool absolute)
    {
        switch (token.Text)
        {
            case "true" when !absolute: return new CelExpr.Literal(token.Span, CelValue.True);
            case "false" when !absolute: return new CelExpr.Literal(token.Span, CelValue.False);
            case "null" when !absolute: return new CelExpr.Literal(token.Span, CelValue.Null);
            case "in" or "true" or "false" or "null": return Fail(token.Span, $"'{token.Text}' is a word of the language");
        }

        if (Reserved.Contains(token.Text)) return Fail(token.Span, $"'{token.Text}' is reserved");
        if (!TryTake("(")) return new CelExpr.Name(token.Span, token.Text, absolute);
        var arguments = ReadList(")", out var close);
        var span = token.Span.To(close.Span);
        if (token.Text != "has" || _fault is not null) return new CelExpr.Call(span, null, token.Text, token.Span, arguments);
        return arguments is [CelExpr.Select path] ? new CelExpr.Has(span, path) : Fail(span, "has takes one selection", "write has(event.data.name)");
    }

    private ImmutableArray<CelExpr> ReadList(string closing, out CelToken close)
    {
        var items = ImmutableArray.CreateBuilder<CelExpr>();
        while (_fault is null && !Here.Is(closing))
        {
            items.Add(ReadExpr());

            // Lists may end in a comma, arguments may not.
            if (!TryTake(",")) break;
            if (closing == ")" && Here.Is(closing)) Fail(Here.Span, "expected a value after ','");
        }

        close = _fault is null ? Expect(closing) : Here;
        return items.ToImmutable();
    }

    private CelExpr.MapOf ReadMap(CelToken open)
    {
        var keys = ImmutableArray.CreateBuilder<CelExpr>();
        var values = ImmutableArray.CreateBuilder<CelExpr>();
        while (_fault is null && !Here.Is("}"))
        {
            keys.Add(ReadExpr());
            Expect(":");
            if (_fault is null) values.Add(ReadExpr());
            if (!TryTake(",")) break;
        }

        var close = _fault is null ? Expect("}") : Here;
        return new CelExpr.MapOf(open.Span.To(close.Span), keys.ToImmutable(), values.ToImmutable());
    }

    private CelExpr? TryMacro(CelSpan span, CelExpr range, CelToken name, ImmutableArray<CelExpr> arguments)
    {
        CelMacroKind? kind = name.Text switch
        {
            "all" => CelMacroKind.All,
            "exists" => CelMacroKind.Exists,
            "exists_one" or "existsOne" => CelMacroKind.ExistsOne,
            "filter" => CelMacroKind.Filter,
            "map" => CelMacroKind.Map,
            _ => null,
        };
        if (kind is null || _fault is not null) return null;
        var three = kind == CelMacroKind.Map && arguments.Length == 3;
        if (arguments.Length != 2 && !three) return Fail(name.Span, $"{name.Text} takes a variable and an expression", $"write .{name.Text}(x, …)");
        if (arguments[0] is not CelExpr.Name { Absolute: false } variable) return Fail(arguments[0].Span, $"the first argument of {name.Text} names a variable");
        var filter = kind != CelMacroKind.Map || three ? arguments[1] : null;
        return new CelExpr.Macro(span, kind.Value, range, variable.Text, filter, kind == CelMacroKind.Map ? arguments[^1] : null);
    }
}
