namespace Qualm.Model;

/// <summary>Pauses between attempts: each twice the one before, up to a longest one. For one thread at a time.</summary>
/// <param name="first">Where it is zero, all are.</param>
public sealed class Pauses(TimeSpan first, TimeSpan longest)
{
    private readonly TimeSpan _first = first;
    private TimeSpan _next = first;

    /// <summary>How long to wait now.</summary>
    public TimeSpan Next()
    {
        var pause = _next;
        _next = pause > longest / 2 ? longest : pause * 2;
        return pause;
    }

    /// <summary>Begins with the first again.</summary>
    public void Reset() => _next = _first;
}
