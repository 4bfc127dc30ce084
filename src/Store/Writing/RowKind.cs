namespace Qualm.Store.Writing;

/// <summary>What put an event into the log.</summary>
public enum RowKind : byte
{
    /// <summary>Another application. Not an input; listed, otherwise left alone.</summary>
    Foreign,

    /// <summary>A source of the running service.</summary>
    Live,

    /// <summary>An import of foreign history.</summary>
    Import,

    /// <summary>The rules: an alert's transition or a derived event.</summary>
    Decision,

    /// <summary>The engine itself: starts, stops, rule-set activations.</summary>
    Engine,
}
