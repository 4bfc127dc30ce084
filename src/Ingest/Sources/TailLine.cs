namespace Qualm.Ingest.Sources;

/// <summary>One line of a growing file.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Offset behind it and its end.</param>
/// <param name="Bytes">Without the line end.</param>
/// <param name="Dropped">Bytes left out of the middle, because the line was too long; 0 for a whole line.</param>
internal sealed record TailLine(TailPosition Start, long End, ReadOnlyMemory<byte> Bytes, long Dropped);
