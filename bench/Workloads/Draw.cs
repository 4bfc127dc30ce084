namespace Qualm.Bench.Workloads;

/// <summary>Numbers that look random and are the same in every run (SplitMix64).</summary>
internal struct Draw(ulong seed)
{
    private ulong _state = seed;

    /// <summary>From 0 to <paramref name="bound"/> - 1, all equally likely.</summary>
    public int Below(int bound)
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)(((z ^ (z >> 31)) >> 32) * (ulong)bound >> 32);
    }
}
