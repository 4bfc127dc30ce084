using Qualm.Model;

namespace Qualm.Store.Writing;

/// <summary>How far a cell has come, as of its last committed turn.</summary>
/// <param name="Epoch">Counts the engines that have written here; 0 before the first.</param>
/// <param name="Turn">Counts the committed turns over all epochs.</param>
/// <param name="Position">Highest position of ours that was written or filled in.</param>
/// <param name="Clock">Highest stamp processed.</param>
/// <param name="Digest">Whatever the engine gave with the turn; empty before the first.</param>
public sealed record Progress(long Epoch, long Turn, Position Position, Instant Clock, ReadOnlyMemory<byte> Digest);
