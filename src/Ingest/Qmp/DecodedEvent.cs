using Qualm.Model;

namespace Qualm.Ingest.Qmp;

/// <summary>One message decoded in place: spans over the bytes it was decoded from, offsets over its data.</summary>
public readonly ref struct DecodedEvent
{
    /// <summary><see cref="MessageKind.Event"/> whenever decoding succeeded.</summary>
    public MessageKind Kind { get; init; }

    /// <summary>Null for an event the catalogue does not know.</summary>
    public EventSchema? Schema { get; init; }

    /// <summary>The name on the wire, unescaped; never empty for an event.</summary>
    public ReadOnlySpan<byte> NameUtf8 { get; init; }

    /// <summary>When QEMU says it happened; null when it gave no time, -1, or a time no calendar has.</summary>
    public Instant? EventTime { get; init; }

    /// <summary>
    /// The <c>data</c> member in today's shape; empty when there is none. Lies in the message, or in an array of its own
    /// where it had to be rewritten.
    /// </summary>
    public ReadOnlySpan<byte> Data { get; init; }

    /// <summary>By <see cref="MemberSchema.Slot"/>, over <see cref="Data"/>; empty for an unknown event.</summary>
    public ReadOnlySpan<MemberSlot> Slots { get; init; }

    /// <summary>Member <c>vm</c> of a file's line, unescaped; empty when there is none.</summary>
    public ReadOnlySpan<byte> Vm { get; init; }

    /// <summary>Member <c>host</c> of a file's line, unescaped; empty when there is none.</summary>
    public ReadOnlySpan<byte> Host { get; init; }

    /// <summary>Whether the decoded event differs in meaning from the message: see <see cref="QmpEvent.Altered"/>.</summary>
    public bool Altered { get; init; }

    /// <summary>What is wrong, for people; null when the message is sound, whatever its kind.</summary>
    public string? Error { get; init; }

    /// <summary>Byte of the message at which <see cref="Error"/> shows, from 0.</summary>
    public int ErrorOffset { get; init; }
}
