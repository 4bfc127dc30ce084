namespace Qualm.Model;

/// <summary>Storage of one VM.</summary>
public sealed class DisksState
{
    /// <summary>What every VM shows that never had any; never changed.</summary>
    internal static readonly DisksState None = new();

    /// <summary>Disks with errors, by device, node name or QOM path (the first that is not empty); ordinal order.</summary>
    public NamedStates<DiskState> ByName { get; } = new();

    /// <summary>BLOCK_IO_ERROR events, their weights added.</summary>
    public long IoErrors { get; internal set; }

    /// <summary>BLOCK_IMAGE_CORRUPTED events.</summary>
    public long Corruptions { get; internal set; }
}
