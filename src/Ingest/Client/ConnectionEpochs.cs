namespace Qualm.Ingest.Client;

/// <summary>Numbers the connections of one run of the engine, so that no two connections of any two runs share their events' ids.</summary>
/// <param name="engineEpoch">Which run of the engine this is; never used before for the same store.</param>
public sealed class ConnectionEpochs(long engineEpoch)
{
    private long _last;

    public long EngineEpoch => engineEpoch;

    /// <summary>The epoch of a connection: higher for later ones, and never given twice over all runs of the engine.</summary>
    /// <param name="connection">From <see cref="Next"/>.</param>
    public long Of(long connection) => checked((engineEpoch << 32) + connection);

    /// <summary>A number not given before, from 1. Thread-safe.</summary>
    public long Next() => Interlocked.Increment(ref _last);
}
