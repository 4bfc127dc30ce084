namespace Qualm.Ingest.Qmp;

/// <summary>No space anywhere, as most tools write that a file of events has passed through.</summary>
internal readonly struct CompactPieces : IFormPieces
{
    public static ReadOnlySpan<byte> Seconds => "\"timestamp\":{\"seconds\":"u8;

    public static ReadOnlySpan<byte> Microseconds => ",\"microseconds\":"u8;

    public static ReadOnlySpan<byte> Event => "},\"event\":\""u8;

    public static ReadOnlySpan<byte> Data => ",\"data\":"u8;

    public static ReadOnlySpan<byte> Vm => "\"vm\":\""u8;

    public static ReadOnlySpan<byte> Host => "\"host\":\""u8;

    public static ReadOnlySpan<byte> Comma => ","u8;
}
