namespace Qualm.Rules.Cel;

/// <summary>What is known of a value before it is computed.</summary>
/// <param name="Kind">Meaningless when <paramref name="IsDyn"/>.</param>
/// <param name="Element">Of lists, and of the values of maps; null for others.</param>
/// <param name="Key">Of maps.</param>
/// <param name="ObjectName">For maps with a fixed set of members: what they are, for messages.</param>
public sealed record CelType(CelKind Kind, bool IsDyn = false, CelType? Element = null, CelType? Key = null, string? ObjectName = null)
{
    public static readonly CelType Dyn = new(CelKind.Null, IsDyn: true);
    public static readonly CelType Null = new(CelKind.Null);
    public static readonly CelType Bool = new(CelKind.Bool);
    public static readonly CelType Int = new(CelKind.Int);
    public static readonly CelType UInt = new(CelKind.UInt);
    public static readonly CelType Double = new(CelKind.Double);
    public static readonly CelType String = new(CelKind.String);
    public static readonly CelType Bytes = new(CelKind.Bytes);
    public static readonly CelType Timestamp = new(CelKind.Timestamp);
    public static readonly CelType Duration = new(CelKind.Duration);
    public static readonly CelType Type = new(CelKind.Type);
    public static readonly CelType AnyList = ListOf(Dyn);
    public static readonly CelType AnyMap = MapOf(Dyn, Dyn);

    public static CelType ListOf(CelType element) => new(CelKind.List, Element: element);

    public static CelType MapOf(CelType key, CelType value) => new(CelKind.Map, Element: value, Key: key);

    /// <summary>A map with a fixed set of members, such as <c>vm.migration</c>.</summary>
    public static CelType ObjectOf(string name) => new(CelKind.Map, Element: Dyn, Key: String, ObjectName: name);

    public bool IsNumber => !IsDyn && Kind is CelKind.Int or CelKind.UInt or CelKind.Double;

    public bool Is(CelKind kind) => !IsDyn && Kind == kind;

    /// <summary>Whether a value of this type might be one of the other: equal, or not known well enough to tell.</summary>
    public bool Fits(CelType other)
    {
        if (IsDyn || other.IsDyn) return true;
        if (Kind != other.Kind) return false;
        return (Element is null || Element.Fits(other.Element!)) && (Key is null || Key.Fits(other.Key!));
    }

    /// <summary>The type of something that is either of the two.</summary>
    public static CelType Join(CelType a, CelType b) => a == b ? a : Dyn;

    /// <summary>The type of a value, one level deep.</summary>
    public static CelType Of(CelValue value) => value.Kind switch
    {
        CelKind.List => AnyList,
        CelKind.Map => AnyMap,
        var kind => new(kind),
    };

    /// <summary>The name the language has for a kind, as <c>type(x)</c> gives it.</summary>
    public static string NameOf(CelKind kind) => kind switch
    {
        CelKind.Null => "null_type",
        CelKind.Bool => "bool",
        CelKind.Int => "int",
        CelKind.UInt => "uint",
        CelKind.Double => "double",
        CelKind.String => "string",
        CelKind.Bytes => "bytes",
        CelKind.List => "list",
        CelKind.Map => "map",
        CelKind.Timestamp => "google.protobuf.Timestamp",
        CelKind.Duration => "google.protobuf.Duration",
        _ => "type",
    };

    public override string ToString() => this switch
    {
        { IsDyn: true } => "dyn",
        { ObjectName: { } name } => name,
        { Kind: CelKind.List } => $"list({Element})",
        { Kind: CelKind.Map } => $"map({Key}, {Element})",
        { Kind: CelKind.Null } => "null",
        { Kind: CelKind.Timestamp } => "timestamp",
        { Kind: CelKind.Duration } => "duration",
        _ => NameOf(Kind),
    };
}
