using System.Globalization;

namespace Qualm.Rules.Syntax;

/// <summary>A comparison with a constant, such as <c>&gt;= 3</c>.</summary>
internal sealed record Comparison(Comparison.Operator Op, double Value, bool IsWhole)
{
    public enum Operator
    {
        Less,
        LessOrEqual,
        Equal,
        NotEqual,
        GreaterOrEqual,
        Greater,
    }

    private static readonly (string Text, Operator Op)[] Operators =
    [
        (">=", Operator.GreaterOrEqual), ("<=", Operator.LessOrEqual), ("==", Operator.Equal), ("!=", Operator.NotEqual),
        (">", Operator.Greater), ("<", Operator.Less),
    ];

    /// <summary>Whether more makes it hold.</summary>
    public bool IsUpward => Op is Operator.Greater or Operator.GreaterOrEqual;

    public bool IsDownward => Op is Operator.Less or Operator.LessOrEqual;

    public bool Holds(double value) => Op switch
    {
        Operator.Less => value < Value,
        Operator.LessOrEqual => value <= Value,
        Operator.Equal => value == Value,
        Operator.NotEqual => value != Value,
        Operator.GreaterOrEqual => value >= Value,
        _ => value > Value,
    };

    public override string ToString() =>
        $"{Operators.First(o => o.Op == Op).Text} {Value.ToString("R", CultureInfo.InvariantCulture)}";

    /// <returns>Null when <paramref name="text"/> is not an operator and a number.</returns>
    public static Comparison? TryParse(string text)
    {
        var trimmed = text.Trim();
        foreach (var (symbol, op) in Operators)
        {
            if (!trimmed.StartsWith(symbol, StringComparison.Ordinal)) continue;
            var number = trimmed.AsSpan(symbol.Length).Trim();
            const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
            var ok = double.TryParse(number, Style, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value);
            return ok ? new Comparison(op, value, value == Math.Floor(value) && Math.Abs(value) < 1L << 53) : null;
        }

        return null;
    }
}
