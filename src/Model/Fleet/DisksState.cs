namespace Qualm.Model;

/// <summary>Storage of one VM.</summary>
public sealed class DisksState
{
    /// <summary>Disks with errors, by device, node name or QOM path (the first that is not empty); ordinal order.</summary>
    public SortedDictionary<string, DiskState> ByName { get; } = new(StringComparer.Ordinal);

    /// <summary>BLOCK_IO_ERROR events, their weights added.</summary>
    public long IoErrors { get; internal set; }

    /// <summary>BLOCK_IMAGE_CORRUPTED events.</summary>
    public long Corruptions { get; internal set; }
}
