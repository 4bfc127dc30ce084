using Qualm.Model;

namespace Qualm.Ingest.Client;

/// <summary>Pauses between attempts: exponential, with full jitter, so that a thousand monitors of one host do not come back as one.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, Jitter jitter)
{
    private readonly Pauses _bounds = new(first, longest);

    public void Reset() => _bounds.Reset();

    public TimeSpan Next() => jitter.UpTo(_bounds.Next());
}
