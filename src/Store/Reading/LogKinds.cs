using Qualm.Store.Writing;

namespace Qualm.Store.Reading;

/// <summary>Which events of the log to read, by what put them there. Tombstones are in none.</summary>
[Flags]
public enum LogKinds
{
    None = 0,
    Foreign = 1 << RowKind.Foreign,
    Live = 1 << RowKind.Live,
    Import = 1 << RowKind.Import,
    Decision = 1 << RowKind.Decision,
    Engine = 1 << RowKind.Engine,

    /// <summary>What Qualm itself has recorded.</summary>
    Own = Live | Import | Decision | Engine,
    All = Own | Foreign,
}
