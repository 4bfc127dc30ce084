namespace Qualm.Engine.Serving;

/// <summary>How far the service has come, in the order in which it goes.</summary>
internal enum ServicePhase
{
    /// <summary>Reads its rules and opens its store.</summary>
    Starting,

    /// <summary>Waits for another engine to give the store up.</summary>
    Standby,

    /// <summary>Reads the log to find out where it ended.</summary>
    Deriving,

    /// <summary>Takes in what its sources send.</summary>
    Ready,

    /// <summary>Ends what is under way and takes in nothing new.</summary>
    Draining,
}
