using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Run;

/// <summary>Numbers of events as 64 bits: those of a double. Whole numbers up to 2^53 are exact.</summary>
internal static class Number
{
    /// <returns>False when the value is no number, or not finite.</returns>
    public static bool TryRead(EventValue of, in EventView e, out long bits)
    {
        var read = of.TryReadNumber(e, out var number);
        bits = BitConverter.DoubleToInt64Bits(number);
        return read && double.IsFinite(number);
    }

    public static double AsDouble(long bits) => BitConverter.Int64BitsToDouble(bits);

    /// <summary>A whole number where it is one.</summary>
    public static CelValue AsValue(double number) =>
        number == Math.Floor(number) && Math.Abs(number) < 1L << 53 ? CelValue.Of((long)number) : CelValue.Of(number);

    public static CelValue AsValue(long bits) => AsValue(AsDouble(bits));
}
