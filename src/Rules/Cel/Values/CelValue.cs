using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Cel;

/// <summary>A value of the expression language. Immutable; scalars are held without allocation.</summary>
public readonly struct CelValue : IEquatable<CelValue>
{
    // One slot for all kinds that are objects: string, byte array, list, map.
    private readonly object? _reference;
    private readonly long _bits;
    private readonly int _nanos;

    private CelValue(CelKind kind, long bits, object? reference = null, int nanos = 0)
    {
        Kind = kind;
        _bits = bits;
        _reference = reference;
        _nanos = nanos;
    }

    public static CelValue Null => default;

    public static CelValue True => new(CelKind.Bool, 1);

    public static CelValue False => new(CelKind.Bool, 0);

    public CelKind Kind { get; }

    public bool AsBool => _bits != 0;

    public long AsInt => _bits;

    public ulong AsUInt => unchecked((ulong)_bits);

    public double AsDouble => BitConverter.Int64BitsToDouble(_bits);

    /// <summary>The text of a string, or the name of a type.</summary>
    public string AsString => (string)_reference!;

    internal ReadOnlySpan<byte> AsBytes => (byte[])_reference!;

    internal CelList AsList => (CelList)_reference!;

    internal CelMap AsMap => (CelMap)_reference!;

    /// <summary>Whole seconds since 1970 of a timestamp, rounded down.</summary>
    public long Seconds => _bits;

    /// <summary>Nanoseconds of a timestamp past its <see cref="Seconds"/>, 0 to 999,999,999.</summary>
    public int Nanos => _nanos;

    /// <summary>Length of a duration in nanoseconds.</summary>
    public long DurationNanos => _bits;

    public bool IsNumber => Kind is CelKind.Int or CelKind.UInt or CelKind.Double;

    public static CelValue Of(bool value) => new(CelKind.Bool, value ? 1 : 0);

    public static CelValue Of(long value) => new(CelKind.Int, value);

    public static CelValue Of(ulong value) => new(CelKind.UInt, unchecked((long)value));

    public static CelValue Of(double value) => new(CelKind.Double, BitConverter.DoubleToInt64Bits(value));

    public static CelValue Of(string value) => new(CelKind.String, 0, value);

    public static CelValue Of(ImmutableArray<byte> value) => OfBytes([.. value]);

    public static CelValue Of(Instant time)
    {
        var seconds = Math.DivRem(time.Micros, Instant.Second, out var micros);
        if (micros < 0) (seconds, micros) = (seconds - 1, micros + Instant.Second);
        return new(CelKind.Timestamp, seconds, null, (int)micros * 1000);
    }

    /// <summary>A list of these values, in this order.</summary>
    public static CelValue OfList(params ReadOnlySpan<CelValue> items) => OfList(new CelList(items.ToArray()));

    internal static CelValue OfList(CelList list) => new(CelKind.List, 0, list);

    internal static CelValue OfMap(CelMap map) => new(CelKind.Map, 0, map);

    /// <param name="value">Owned by the value from now on.</param>
    internal static CelValue OfBytes(byte[] value) => new(CelKind.Bytes, 0, value);

    internal static CelValue OfTimestamp(long seconds, int nanos) => new(CelKind.Timestamp, seconds, null, nanos);

    internal static CelValue OfDuration(long nanos) => new(CelKind.Duration, nanos);

    internal static CelValue OfType(string name) => new(CelKind.Type, 0, name);

    /// <summary>The time to the microsecond; what is finer is cut off.</summary>
    public Instant ToInstant() => new((_bits * Instant.Second) + (_nanos / 1000));

    public static bool operator ==(CelValue left, CelValue right) => left.Equals(right);

    public static bool operator !=(CelValue left, CelValue right) => !left.Equals(right);

    /// <summary>The language's own equality: numbers by value whatever their kinds, NaN unlike itself.</summary>
    public bool Equals(CelValue other)
    {
        if (Kind != other.Kind) return IsNumber && other.IsNumber && CelOrder.Numbers(this, other) == CelOrder.Equal;
        return Kind switch
        {
            CelKind.Null => true,
            CelKind.Double => AsDouble == other.AsDouble,
            CelKind.String or CelKind.Type => string.Equals(AsString, other.AsString, StringComparison.Ordinal),
            CelKind.Bytes => AsBytes.SequenceEqual(other.AsBytes),
            CelKind.List => AsList.EqualTo(other.AsList),
            CelKind.Map => AsMap.EqualTo(other.AsMap),
            _ => _bits == other._bits && _nanos == other._nanos,
        };
    }

    public override bool Equals(object? obj) => obj is CelValue other && Equals(other);

    /// <summary>Equal values have equal codes, across the kinds of numbers too.</summary>
    public override int GetHashCode() => Kind switch
    {
        CelKind.String or CelKind.Type => string.GetHashCode(AsString, StringComparison.Ordinal),
        CelKind.Bool => AsBool ? 3 : 5,
        CelKind.Null => 7,
        CelKind.Double => AsDouble is >= long.MinValue and < 18446744073709551616.0 && Math.Floor(AsDouble) == AsDouble
            ? AsDouble < 9223372036854775808.0 ? ((long)AsDouble).GetHashCode() : unchecked((long)(ulong)AsDouble).GetHashCode()
            : _bits.GetHashCode(),
        CelKind.List => AsList.Count,
        CelKind.Map => AsMap.Count,
        CelKind.Bytes => AsBytes.Length,
        _ => _bits.GetHashCode(),
    };

    /// <summary>As people read it: strings bare, numbers and times plain and invariant.</summary>
    public override string ToString() => ToText(quoteStrings: false);

    internal string ToText(bool quoteStrings) => CelText.Display(this, quoteStrings);
}
