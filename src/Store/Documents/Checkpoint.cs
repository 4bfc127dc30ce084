using Qualm.Model;

namespace Qualm.Store.Documents;

/// <summary>How far the published read models of one kind have come.</summary>
/// <param name="Position">Last event folded into them.</param>
/// <param name="Clock">The clock then.</param>
public readonly record struct Checkpoint(Position Position, Instant Clock);
