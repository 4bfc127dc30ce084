namespace Qualm.Store.Tests;

public enum ServerKind
{
    /// <summary>The engine's own, in a data folder.</summary>
    Private,

    /// <summary>Somebody's, reached by a connection string.</summary>
    External,
}
