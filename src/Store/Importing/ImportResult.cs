namespace Qualm.Store.Importing;

/// <summary>What came of a batch.</summary>
/// <param name="Added">Events that were new.</param>
/// <param name="Known">Events that were recorded already, or twice in the batch.</param>
public readonly record struct ImportResult(int Added, int Known);
