namespace Qualm.Engine.Spooling;

/// <summary>What of a segment could not be read.</summary>
/// <param name="File">Its path.</param>
/// <param name="Offset">Where the first unsound byte is.</param>
/// <param name="Rest">Everything from there on.</param>
/// <param name="Torn">Whether it is no more than the end, cut off in the middle of writing: never acknowledged to anybody, nothing to repair.</param>
/// <param name="Why">For people.</param>
internal sealed record SpoolDamage(string File, long Offset, ReadOnlyMemory<byte> Rest, bool Torn, string Why);
