namespace Qualm.Model;

/// <summary>One asynchronous QMP event as it was received. Owns its bytes.</summary>
/// <param name="Name">QAPI event name, upper case with underscores; for known events the schema's own string.</param>
/// <param name="Schema">Null for an event the catalogue does not know.</param>
/// <param name="EventTime">When QEMU says it happened. Null when it gave no time, or -1.</param>
/// <param name="Data">The <c>data</c> member in today's shape, UTF-8 JSON of an object; empty when there is none.</param>
/// <param name="Raw">The whole message, byte for byte, without the line end.</param>
/// <param name="Altered">Whether <paramref name="Data"/> differs in meaning from what <paramref name="Raw"/> holds: members renamed, moved, or replaced because the database cannot hold them.</param>
public sealed record QmpEvent(
    string Name, EventSchema? Schema, Instant? EventTime, ReadOnlyMemory<byte> Data, ReadOnlyMemory<byte> Raw, bool Altered);
