using System.Buffers.Text;
using Qualm.Store.Writing;

namespace Qualm.Store.Chain;

/// <summary>Writes numbers of JSON as PostgreSQL's <c>numeric</c> does: no exponent, the scale they were given, no minus before a zero.</summary>
internal static class CanonicalNumber
{
    /// <summary>Beyond it PostgreSQL refuses the number; its own limits are a little lower.</summary>
    private const long MostDigits = 150_000;

    internal static void Write(ReadOnlySpan<byte> number, ByteBuffer to)
    {
        if (number.IndexOfAny((byte)'e', (byte)'E') is var e and >= 0) WriteExpanded(number, e, to);
        else if (number[0] == '-' && number.IndexOfAnyInRange((byte)'1', (byte)'9') < 0) CanonicalJson.Tagged('n', number[1..], to);
        else CanonicalJson.Tagged('n', number, to);
    }

    private static void WriteExpanded(ReadOnlySpan<byte> number, int e, ByteBuffer to)
    {
        var mantissa = number[..e];
        var power = number[(e + 1)..];
        if (power[0] == '+') power = power[1..];
        var zero = mantissa.IndexOfAnyInRange((byte)'1', (byte)'9') < 0;
        if (!Utf8Parser.TryParse(power, out long exponent, out var used) || used != power.Length || (zero ? -exponent : Math.Abs(exponent)) > MostDigits)
        {
            CanonicalJson.Tagged('x', number, to);
            return;
        }

        // Zero is zero, however far it is moved.
        if (zero) exponent = Math.Min(exponent, number.Length);
        var negative = mantissa[0] == '-';
        if (negative) mantissa = mantissa[1..];
        var point = mantissa.IndexOf((byte)'.');
        var whole = point < 0 ? mantissa : mantissa[..point];
        var fraction = point < 0 ? default : mantissa[(point + 1)..];
        to.Byte((byte)'n');
        to.Int32(0);
        var start = to.Length;
        if (negative && !zero) to.Byte((byte)'-');
        Whole(whole, fraction, whole.Length + exponent, to);
        Fraction(whole, fraction, whole.Length + exponent, Math.Max(0, fraction.Length - exponent), to);
        to.PatchInt32(start - 4, to.Length - start);
    }

    /// <param name="before">How many of the digits stand before the point.</param>
    private static void Whole(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, long before, ByteBuffer to)
    {
        var start = to.Length;
        for (var i = 0; i < before; i++)
        {
            var digit = DigitAt(whole, fraction, i);
            if (digit != '0' || to.Length > start) to.Byte(digit);
        }

        if (to.Length == start) to.Byte((byte)'0');
    }

    private static void Fraction(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, long before, long scale, ByteBuffer to)
    {
        if (scale == 0) return;
        to.Byte((byte)'.');
        for (var i = before; i < before + scale; i++) to.Byte(DigitAt(whole, fraction, i));
    }

    private static byte DigitAt(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, long index) =>
        index < 0 ? (byte)'0'
        : index < whole.Length ? whole[(int)index]
        : index - whole.Length < fraction.Length ? fraction[(int)index - whole.Length]
        : (byte)'0';
}
