namespace Qualm.Rules.Cel;

/// <summary>Order among values: numbers across kinds, strings by code point.</summary>
internal static class CelOrder
{
    public const int Less = -1;
    public const int Equal = 0;
    public const int Greater = 1;

    /// <summary>One of the two is not a number; every comparison but <c>!=</c> is false.</summary>
    public const int Unordered = 2;

    private const double TwoTo63 = 9223372036854775808.0;
    private const double TwoTo64 = 18446744073709551616.0;

    /// <summary>False when values of these kinds have no order.</summary>
    public static bool TryCompare(CelValue a, CelValue b, out int order)
    {
        order = Equal;
        if (a.IsNumber && b.IsNumber) order = Numbers(a, b);
        else if (a.Kind != b.Kind) return false;
        else if (a.Kind == CelKind.String) order = Texts(a.AsString, b.AsString);
        else if (a.Kind == CelKind.Bytes) order = Math.Sign(a.AsBytes.SequenceCompareTo(b.AsBytes));
        else if (a.Kind == CelKind.Timestamp) order = a.Seconds != b.Seconds ? a.Seconds.CompareTo(b.Seconds) : a.Nanos.CompareTo(b.Nanos);
        else if (a.Kind is CelKind.Bool or CelKind.Duration) order = a.AsInt.CompareTo(b.AsInt);
        else return false;
        return true;
    }

    public static int Numbers(CelValue a, CelValue b) => (a.Kind, b.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => a.AsInt.CompareTo(b.AsInt),
        (CelKind.UInt, CelKind.UInt) => a.AsUInt.CompareTo(b.AsUInt),
        (CelKind.Double, CelKind.Double) => Doubles(a.AsDouble, b.AsDouble),
        (CelKind.Int, CelKind.UInt) => IntToUInt(a.AsInt, b.AsUInt),
        (CelKind.UInt, CelKind.Int) => -IntToUInt(b.AsInt, a.AsUInt),
        (CelKind.Double, CelKind.Int) => DoubleToInt(a.AsDouble, b.AsInt),
        (CelKind.Int, CelKind.Double) => Reverse(DoubleToInt(b.AsDouble, a.AsInt)),
        (CelKind.Double, _) => DoubleToUInt(a.AsDouble, b.AsUInt),
        _ => Reverse(DoubleToUInt(b.AsDouble, a.AsUInt)),
    };

    public static int Doubles(double a, double b) => a < b ? Less : a > b ? Greater : a == b ? Equal : Unordered;

    /// <summary>By code points, which is not the order of UTF-16 units: surrogates stand above all of the basic plane.</summary>
    public static int Texts(string a, string b)
    {
        var common = a.AsSpan().CommonPrefixLength(b);
        if (common == a.Length || common == b.Length) return a.Length.CompareTo(b.Length);
        return Lift(a[common]).CompareTo(Lift(b[common]));
    }

    private static int IntToUInt(long a, ulong b) => a < 0 || b > long.MaxValue ? Less : a.CompareTo((long)b);

    // Outside the integer's range the answer is plain; inside, the integer is compared as the nearest double,
    // as the reference implementation does.
    private static int DoubleToInt(double a, long b) => a < -TwoTo63 ? Less : a > TwoTo63 ? Greater : Doubles(a, b);

    private static int DoubleToUInt(double a, ulong b) => a < 0 ? Less : a > TwoTo64 ? Greater : Doubles(a, b);

    private static int Reverse(int order) => order == Unordered ? order : -order;

    private static int Lift(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
