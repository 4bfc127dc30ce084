namespace Qualm.Engine.Importing;

/// <summary>What an import came to.</summary>
/// <param name="Read">Events decoded.</param>
/// <param name="Added">Those that were new.</param>
/// <param name="Known">Those that were on record already.</param>
/// <param name="Quarantined">Pieces that could not be decoded.</param>
public readonly record struct ImportCounts(long Read, long Added, long Known, long Quarantined);
