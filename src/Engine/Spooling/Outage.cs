using Qualm.Model;

namespace Qualm.Engine.Spooling;

/// <summary>Whether the store is away: from the first turn that could not be committed until all that has waited since is. From any thread.</summary>
/// <param name="since">Of an outage that an earlier run of the engine told people of and did not see the end of; null for none.</param>
internal sealed class Outage(TimeProvider time, Instant? since = null)
{
    private volatile State? _state = since is { } from ? new State(from, "it was when this engine's last run ended") : null;

    /// <summary>Called when an outage begins, on the thread that noticed. Must be quick.</summary>
    public Action? Begun { get; set; }

    /// <summary>Null while all is well.</summary>
    public State? Current => _state;

    /// <param name="Since">Wall clock.</param>
    /// <param name="Why">What the store, or the way to it, says.</param>
    internal sealed record State(Instant Since, string Why);

    /// <summary>The store is away, whether that is new or not.</summary>
    public void Begin(string why)
    {
        _state = new State(_state?.Since ?? Instant.From(time.GetUtcNow()), why);
        Begun?.Invoke();
    }

    /// <summary>Nothing waits any more.</summary>
    /// <returns>How long it lasted; null when there was none.</returns>
    public TimeSpan? End()
    {
        if (_state is not { } state) return null;
        _state = null;
        return Instant.From(time.GetUtcNow()) - state.Since;
    }
}
