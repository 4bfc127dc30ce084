using Qualm.Store.Writing;

namespace Qualm.Engine.Leading;

/// <summary>Judges from signs of life whether somebody leads. Goes by its own clock and by what it has seen itself; clocks of others have no say.</summary>
internal sealed class LeaseWatch(TimeSpan length, TimeProvider time)
{
    /// <summary>Longer than this between two looks, and it was us who slept, or the store was away: the leader may have been as well.</summary>
    private static readonly TimeSpan Blind = TimeSpan.FromSeconds(5);

    private (long Epoch, long Renewals)? _seen;
    private long _since;
    private long _looked;

    /// <summary>Looks at what the leader says.</summary>
    /// <param name="lease">Null when nobody ever led.</param>
    /// <returns>Why the store is free to be led; null while somebody leads, or may.</returns>
    public string? Look(LeaseState? lease)
    {
        var now = time.GetTimestamp();
        var blind = time.GetElapsedTime(_looked, now) > Blind;
        _looked = now;
        if (lease is null) return "nobody has led it before";
        if (lease.Released) return "it has ended";
        if (ProcessMark.Parse(lease.Holder) is { } holder && holder.IsGone()) return "its process is gone";
        if (_seen != (lease.Epoch, lease.Renewals) || blind)
        {
            (_seen, _since) = ((lease.Epoch, lease.Renewals), now);
            return null;
        }

        return time.GetElapsedTime(_since, now) >= length ? $"it has given no sign of life for {length.TotalSeconds:0} s" : null;
    }
}
