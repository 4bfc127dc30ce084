using System.Globalization;
using System.Text;

namespace Qualm.Rules.Cel;

/// <summary>The language's conversions. Each gives a value or the reason why there is none.</summary>
internal static class CelConvert
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static CelError? ToInt(CelValue from, out CelValue to)
    {
        to = from;
        switch (from.Kind)
        {
            case CelKind.Int: return null;
            case CelKind.UInt when from.AsUInt <= long.MaxValue:
                to = CelValue.Of((long)from.AsUInt);
                return null;
            case CelKind.UInt: return CelError.IntRange;
            case CelKind.Double when from.AsDouble is > -9223372036854775808.0 and < 9223372036854775808.0:
                to = CelValue.Of((long)from.AsDouble);
                return null;
            case CelKind.Double: return CelError.IntRange;
            case CelKind.Timestamp:
                to = CelValue.Of(from.Seconds);
                return null;
            case CelKind.Duration:
                to = CelValue.Of(from.DurationNanos / CelTime.NanosPerSecond);
                return null;
            case CelKind.String:
                if (!long.TryParse(from.AsString, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return NotA("an int", from);
                to = CelValue.Of(number);
                return null;
            default: return CelError.NoSuchOverload;
        }
    }

    public static CelError? ToUInt(CelValue from, out CelValue to)
    {
        to = from;
        switch (from.Kind)
        {
            case CelKind.UInt: return null;
            case CelKind.Int when from.AsInt >= 0:
                to = CelValue.Of((ulong)from.AsInt);
                return null;
            case CelKind.Int: return CelError.UIntRange;
            case CelKind.Double when from.AsDouble is >= 0 and < 18446744073709551616.0:
                to = CelValue.Of((ulong)from.AsDouble);
                return null;
            case CelKind.Double: return CelError.UIntRange;
            case CelKind.String:
                if (!ulong.TryParse(from.AsString, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return NotA("a uint", from);
                to = CelValue.Of(number);
                return null;
            default: return CelError.NoSuchOverload;
        }
    }

    public static CelError? ToDouble(CelValue from, out CelValue to)
    {
        to = from;
        switch (from.Kind)
        {
            case CelKind.Double: return null;
            case CelKind.Int:
                to = CelValue.Of((double)from.AsInt);
                return null;
            case CelKind.UInt:
                to = CelValue.Of((double)from.AsUInt);
                return null;
            case CelKind.String:
                if (!TryParseDouble(from.AsString, out var number)) return NotA("a double", from);
                to = CelValue.Of(number);
                return null;
            default: return CelError.NoSuchOverload;
        }
    }

    public static CelError? ToBool(CelValue from, out CelValue to)
    {
        to = from;
        if (from.Kind == CelKind.Bool) return null;
        if (from.Kind != CelKind.String) return CelError.NoSuchOverload;
        switch (from.AsString)
        {
            case "true" or "True" or "TRUE" or "t" or "T" or "1":
                to = CelValue.True;
                return null;
            case "false" or "False" or "FALSE" or "f" or "F" or "0":
                to = CelValue.False;
                return null;
            default: return NotA("a bool", from);
        }
    }

    public static CelError? ToText(CelValue from, out CelValue to)
    {
        to = from;
        switch (from.Kind)
        {
            case CelKind.String: return null;
            case CelKind.Bytes:
                try
                {
                    to = CelValue.Of(Strict.GetString(from.AsBytes));
                    return null;
                }
                catch (DecoderFallbackException)
                {
                    return new CelError("bytes are not valid UTF-8");
                }

            case CelKind.Bool or CelKind.Int or CelKind.UInt or CelKind.Double or CelKind.Timestamp or CelKind.Duration:
                to = CelValue.Of(Text(from));
                return null;
            default: return CelError.NoSuchOverload;
        }
    }

    public static CelError? ToBytes(CelValue from, out CelValue to)
    {
        to = from;
        if (from.Kind == CelKind.Bytes) return null;
        if (from.Kind != CelKind.String) return CelError.NoSuchOverload;
        to = CelValue.OfBytes(Encoding.UTF8.GetBytes(from.AsString));
        return null;
    }

    public static CelError? ToTimestamp(CelValue from, out CelValue to)
    {
        to = from;
        return from.Kind switch
        {
            CelKind.Timestamp => null,
            CelKind.Int => CelTime.Timestamp(from.AsInt, 0, out to),
            CelKind.String => CelTime.ParseTimestamp(from.AsString, out to),
            _ => CelError.NoSuchOverload,
        };
    }

    public static CelError? ToDuration(CelValue from, out CelValue to)
    {
        to = from;
        return from.Kind switch
        {
            CelKind.Duration => null,
            CelKind.Int => CelTime.Duration((Int128)from.AsInt * CelTime.NanosPerSecond, out to),
            CelKind.String => CelTime.ParseDuration(from.AsString, out to),
            _ => CelError.NoSuchOverload,
        };
    }

    /// <summary>What <c>string(x)</c> gives for a bool, number, timestamp or duration.</summary>
    public static string Text(CelValue value) => value.Kind switch
    {
        CelKind.Bool => value.AsBool ? "true" : "false",
        CelKind.Int => value.AsInt.ToString(CultureInfo.InvariantCulture),
        CelKind.UInt => value.AsUInt.ToString(CultureInfo.InvariantCulture),
        CelKind.Double => Text(value.AsDouble),
        CelKind.Timestamp => CelTime.TimestampText(value),
        CelKind.Duration => CelTime.DurationText(value.DurationNanos),
        _ => throw new ArgumentOutOfRangeException(nameof(value), value.Kind, null),
    };

    /// <summary>Shortest digits that give the number back; an exponent of two digits below 1e-4 and from 1e6, as the reference implementation writes it.</summary>
    public static string Text(double value)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "+Inf" : "-Inf";
        var shortest = value.ToString("E16", CultureInfo.InvariantCulture);
        for (var digits = 0; digits <= 16; digits++)
        {
            var tried = value.ToString("E" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (double.Parse(tried, CultureInfo.InvariantCulture).Equals(value))
            {
                shortest = tried;
                break;
            }
        }

        var e = shortest.IndexOf('E', StringComparison.Ordinal);
        var exponent = int.Parse(shortest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = shortest.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : e - point - 1;
        if (exponent is >= -4 and < 6) return value.ToString("F" + Math.Max(0, decimals - exponent).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var sign = exponent < 0 ? '-' : '+';
        return string.Create(CultureInfo.InvariantCulture, $"{shortest[..e]}e{sign}{Math.Abs(exponent):00}");
    }

    private static bool TryParseDouble(string text, out double number)
    {
        switch (text.TrimStart('+', '-').ToUpperInvariant())
        {
            case "INF" or "INFINITY" when text.Length <= 9:
                number = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
                return true;
            case "NAN" when text.Length == 3:
                number = double.NaN;
                return true;
        }

        return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
            && double.IsFinite(number);
    }

    private static CelError NotA(string what, CelValue from) => new($"{from.ToText(quoteStrings: true)} is not {what}");
}
