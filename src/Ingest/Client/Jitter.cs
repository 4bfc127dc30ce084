namespace Qualm.Ingest.Client;

/// <summary>The one source of chance for pauses between attempts. Thread-safe.</summary>
/// <param name="random">Seeded by whoever composes; used by nobody else.</param>
public sealed class Jitter(Random random)
{
    private readonly Lock _gate = new();

    /// <summary>Any length from zero to <paramref name="bound"/>, all equally likely.</summary>
    public TimeSpan UpTo(TimeSpan bound)
    {
        lock (_gate) return bound * random.NextDouble();
    }
}
