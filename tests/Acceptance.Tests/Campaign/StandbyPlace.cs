namespace Qualm.Acceptance.Tests.Campaign;

/// <summary>Where a second engine is.</summary>
internal enum StandbyPlace
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>It shares the data folder of the first.</summary>
    Beside,

    /// <summary>It has a data folder, a way to the database and perhaps a clock of its own, as on another host.</summary>
    Apart,
}
