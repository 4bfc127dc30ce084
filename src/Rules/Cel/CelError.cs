namespace Qualm.Rules.Cel;

/// <summary>Why an evaluation has no value. A value itself: <c>&amp;&amp;</c> and <c>||</c> may absorb it.</summary>
public sealed record CelError(string Message)
{
    public static readonly CelError NoSuchOverload = new("no such overload");
    public static readonly CelError IntOverflow = new("integer overflow");
    public static readonly CelError DivideByZero = new("divide by zero");
    public static readonly CelError ModulusByZero = new("modulus by zero");
    public static readonly CelError TimestampRange = new("timestamp out of range: years are 0001 to 9999");
    public static readonly CelError DurationRange = new("duration out of range: the limit is about 292 years");
    public static readonly CelError IntRange = new("value out of range of int");
    public static readonly CelError UIntRange = new("value out of range of uint");
    public static readonly CelError RepeatedKey = new("repeated key in a map");
    public static readonly CelError KeyType = new("unsupported key type: keys are bool, int, uint or string");
    public static readonly CelError OverBudget = new("evaluation takes too many steps");

    public static CelError NoSuchKey(CelValue key) => new($"no such key: {key.ToText(quoteStrings: true)}");

    public static CelError IndexRange(long index) => new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"index out of range: {index}"));
}
