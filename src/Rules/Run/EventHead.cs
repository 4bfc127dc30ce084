namespace Qualm.Rules.Run;

/// <summary>What a log knows of all events of a key. Takes the place of one event before them.</summary>
internal struct EventHead
{
    /// <summary>Of all events.</summary>
    public long Weight;

    /// <summary>Event time of the newest there ever was.</summary>
    public long LastAt;

    /// <summary>Where the oldest lies.</summary>
    public int First;
    public int Count;

    /// <summary>Rules that remember something of the key by themselves.</summary>
    public int Awake;

    /// <summary>Length of the stretch, head included: two to this power.</summary>
    public int Bits;
}
