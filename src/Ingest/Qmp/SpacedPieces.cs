namespace Qualm.Ingest.Qmp;

/// <summary>A space behind every comma and colon, as QEMU writes and Python's json.</summary>
internal readonly struct SpacedPieces : IFormPieces
{
    public static ReadOnlySpan<byte> Seconds => "\"timestamp\": {\"seconds\": "u8;

    public static ReadOnlySpan<byte> Microseconds => ", \"microseconds\": "u8;

    public static ReadOnlySpan<byte> Event => "}, \"event\": \""u8;

    public static ReadOnlySpan<byte> Data => ", \"data\": "u8;

    public static ReadOnlySpan<byte> Vm => "\"vm\": \""u8;

    public static ReadOnlySpan<byte> Host => "\"host\": \""u8;

    public static ReadOnlySpan<byte> Comma => ", "u8;
}
