namespace Qualm.Model;

/// <summary>Something received that could not be decoded, kept with its bytes so that nothing is lost.</summary>
/// <param name="Source">Where it came from, for people.</param>
/// <param name="Line">Line of the fault in a file, from 1; 0 for sockets.</param>
/// <param name="Column">Byte column of the fault in its line, from 1; 0 when unknown.</param>
/// <param name="Reason">What is wrong, one sentence.</param>
/// <param name="Bytes">Exactly what was received, possibly cut to a limit.</param>
/// <param name="Id">Deterministic identity of (source, place, bytes), so that reading a file twice quarantines once.</param>
public sealed record Quarantined(string Source, long Line, long Column, string Reason, ReadOnlyMemory<byte> Bytes, Guid Id);
