namespace Qualm.Rules.Binding;

/// <summary>Which stretches of event time a window rule looks at.</summary>
internal enum WindowKind
{
    /// <summary>Every (t - within, t].</summary>
    Sliding,

    /// <summary>[k × within, (k + 1) × within) since the epoch.</summary>
    Tumbling,

    /// <summary>Events of a key that are not further apart than a gap.</summary>
    Session,
}
