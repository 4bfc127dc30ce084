using Qualm.Model;

namespace Qualm.Store.Quarantine;

/// <summary>Something in quarantine.</summary>
/// <param name="Recorded">The stamp.</param>
public sealed record QuarantinedRow(Quarantined Item, Instant Recorded);
