namespace Qualm.Rules.Cel;

/// <summary>The arithmetic operators over values: whole numbers never wrap around, doubles follow IEEE 754.</summary>
internal static class CelMath
{
    public static CelError? Apply(char sign, CelValue a, CelValue b, out CelValue result)
    {
        result = default;
        switch (a.Kind, b.Kind)
        {
            case (CelKind.Int, CelKind.Int): return Ints(sign, a.AsInt, b.AsInt, out result);
            case (CelKind.UInt, CelKind.UInt): return UInts(sign, a.AsUInt, b.AsUInt, out result);
            case (CelKind.Double, CelKind.Double): return Doubles(sign, a.AsDouble, b.AsDouble, out result);
            case (CelKind.Duration, CelKind.Duration) when sign is '+' or '-':
                return CelTime.Duration((Int128)a.DurationNanos + (sign == '+' ? b.DurationNanos : -(Int128)b.DurationNanos), out result);
            case (CelKind.Timestamp, CelKind.Duration) when sign is '+' or '-':
                return CelTime.Add(a, sign == '+' ? b.DurationNanos : -(Int128)b.DurationNanos, out result);
            case (CelKind.Duration, CelKind.Timestamp) when sign is '+': return CelTime.Add(b, a.DurationNanos, out result);
            case (CelKind.Timestamp, CelKind.Timestamp) when sign is '-': return CelTime.Between(a, b, out result);
            case (CelKind.String, CelKind.String) when sign is '+':
                result = CelValue.Of(a.AsString + b.AsString);
                return null;
            case (CelKind.Bytes, CelKind.Bytes) when sign is '+':
                result = CelValue.OfBytes([.. a.AsBytes, .. b.AsBytes]);
                return null;
            case (CelKind.List, CelKind.List) when sign is '+':
                result = CelValue.OfList(new CelList([.. a.AsList.Items, .. b.AsList.Items]));
                return null;
            default: return CelError.NoSuchOverload;
        }
    }

    /// <summary>Steps that building the result takes, for texts and lists.</summary>
    public static int Work(CelValue a, CelValue b) => a.Kind switch
    {
        CelKind.String when b.Kind == CelKind.String => a.AsString.Length + b.AsString.Length,
        CelKind.Bytes when b.Kind == CelKind.Bytes => a.AsBytes.Length + b.AsBytes.Length,
        CelKind.List when b.Kind == CelKind.List => a.AsList.Count + b.AsList.Count,
        _ => 0,
    };

    private static CelError? Ints(char sign, long a, long b, out CelValue result)
    {
        result = default;
        if (b == 0 && sign == '/') return CelError.DivideByZero;
        if (b == 0 && sign == '%') return CelError.ModulusByZero;
        if (a == long.MinValue && b == -1 && (sign is '/' or '%')) return CelError.IntOverflow;
        var exact = sign switch
        {
            '+' => (Int128)a + b,
            '-' => (Int128)a - b,
            '*' => (Int128)a * b,
            '/' => a / b,
            _ => a % b,
        };
        if (exact < long.MinValue || exact > long.MaxValue) return CelError.IntOverflow;
        result = CelValue.Of((long)exact);
        return null;
    }

    private static CelError? UInts(char sign, ulong a, ulong b, out CelValue result)
    {
        result = default;
        if (b == 0 && sign == '/') return CelError.DivideByZero;
        if (b == 0 && sign == '%') return CelError.ModulusByZero;
        var exact = sign switch
        {
            '+' => (Int128)a + b,
            '-' => (Int128)a - b,
            '*' when a != 0 && b > ulong.MaxValue / a => -1,
            '*' => a * b,
            '/' => a / b,
            _ => a % b,
        };
        if (exact < 0 || exact > ulong.MaxValue) return CelError.IntOverflow;
        result = CelValue.Of((ulong)exact);
        return null;
    }

    private static CelError? Doubles(char sign, double a, double b, out CelValue result)
    {
        result = default;
        if (sign == '%') return CelError.NoSuchOverload;
        result = CelValue.Of(sign switch { '+' => a + b, '-' => a - b, '*' => a * b, _ => a / b });
        return null;
    }
}
