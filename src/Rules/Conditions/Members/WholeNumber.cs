using System.Buffers.Text;

namespace Qualm.Rules.Conditions;

/// <summary>Whole numbers as JSON writes them.</summary>
internal static class WholeNumber
{
    private const int FewDigits = 18;

    /// <returns>False for a fraction, an exponent, or what 64 bits cannot hold.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, out long number)
    {
        number = 0;
        var negative = json.Length > 0 && json[0] == (byte)'-';
        var digits = negative ? json[1..] : json;
        if (digits.Length is 0 or > FewDigits) return Utf8Parser.TryParse(json, out number, out var used) && used == json.Length;

        // The usual: few digits.
        foreach (var digit in digits)
        {
            var value = digit - (uint)'0';
            if (value > 9) return false;
            number = (number * 10) + value;
        }

        if (negative) number = -number;
        return true;
    }
}
