using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Store.Chain;

/// <summary>What was checked of the chain and what was met on the way.</summary>
/// <param name="Progress">As of the head; null when its row is not there.</param>
/// <param name="Head">The newest link; null when there is none.</param>
/// <param name="Links">How many there are.</param>
/// <param name="Events">How many they speak of, tombstones left out.</param>
/// <param name="FirstTurn">The first turn that the chain proves something about; null when there is no chain.</param>
/// <param name="Before">Highest position before the chain, of which it proves nothing; none when the chain began with the store.</param>
/// <param name="Foreign">What other applications have appended, by stream.</param>
public sealed record ChainReport(
    Progress? Progress, ChainHead? Head, long Links, long Events, long? FirstTurn, Position Before, IReadOnlyDictionary<string, ForeignStream> Foreign);
