using Qualm.Model;

namespace Qualm.Actions;

/// <summary>The wall clock as it was when this was made, carried on by the monotonic one: whoever waits by it waits no longer when the wall clock is set.</summary>
internal sealed class SteadyClock(TimeProvider time)
{
    private readonly Instant _start = Instant.From(time.GetUtcNow());
    private readonly long _since = time.GetTimestamp();

    public Instant Now => _start + time.GetElapsedTime(_since);
}
