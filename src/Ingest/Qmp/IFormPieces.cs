namespace Qualm.Ingest.Qmp;

/// <summary>The bytes that are the same in every event of one spacing. Constants, so that each spacing has compiled code of its own.</summary>
internal interface IFormPieces
{
    static abstract ReadOnlySpan<byte> Seconds { get; }

    static abstract ReadOnlySpan<byte> Microseconds { get; }

    static abstract ReadOnlySpan<byte> Event { get; }

    static abstract ReadOnlySpan<byte> Data { get; }

    static abstract ReadOnlySpan<byte> Vm { get; }

    static abstract ReadOnlySpan<byte> Host { get; }

    static abstract ReadOnlySpan<byte> Comma { get; }
}
