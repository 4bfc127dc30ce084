namespace Qualm.Ingest.Pipeline;

/// <summary>A token bucket. Exact in whole numbers, so that equal times give equal answers.</summary>
/// <param name="perSecond">Tokens that come in a second; positive.</param>
/// <param name="most">Tokens it holds, and begins with.</param>
internal struct Allowance(long perSecond, long most)
{
    // A millionth of a token is what one token a second brings in a microsecond.
    private const long Token = 1_000_000;

    private long _parts = most * Token;
    private long _at;

    /// <summary>Whole tokens at hand.</summary>
    /// <param name="now">In microseconds; never falls, and is not negative.</param>
    public long At(long now)
    {
        // Longer than it takes to fill it makes no difference.
        var since = Math.Min(now - _at, (most * Token / perSecond) + 1);
        _parts = Math.Min(most * Token, _parts + (since * perSecond));
        _at = now;
        return _parts / Token;
    }

    /// <summary>Takes so many, or all there are.</summary>
    public void Take(long count) => _parts = Math.Max(0, _parts - (count * Token));

    /// <summary>How long from the last look until there are so many, in microseconds.</summary>
    /// <param name="count">More than it holds counts as that.</param>
    public readonly long Until(long count)
    {
        var missing = (Math.Min(count, most) * Token) - _parts;
        return missing <= 0 ? 0 : (missing + perSecond - 1) / perSecond;
    }
}
