using Qualm.Model;

namespace Qualm.Store.Snapshots;

/// <summary>What a snapshot is of, without its state.</summary>
/// <param name="Turn">Number of the committed turn after which the state was as it is in the snapshot.</param>
/// <param name="Position">Of the newest input in that state; inputs above it are yet to be fed.</param>
/// <param name="Clock">Highest stamp processed by then.</param>
/// <param name="Digest">Of all decisions by then, as the turn recorded it.</param>
/// <param name="About">What the engine must know before it takes the state up: formats, catalogue, rules. Opaque here.</param>
public sealed record SnapshotHead(long Turn, Position Position, Instant Clock, ReadOnlyMemory<byte> Digest, ReadOnlyMemory<byte> About);
