namespace Qualm.Model;

/// <summary>Migration of one VM, as far as MIGRATION and MIGRATION_PASS tell (QEMU sends them only with the capability <c>events</c>).</summary>
public sealed class MigrationState
{
    /// <summary>What every VM shows that never had any; never changed.</summary>
    internal static readonly MigrationState None = new();

    /// <summary>Whether QEMU ever told.</summary>
    public bool Known { get; internal set; }

    /// <summary>QEMU's status, e.g. <c>active</c>; <c>none</c> until told.</summary>
    public string Status { get; internal set; } = "none";

    /// <summary>Event time of the status.</summary>
    public Instant Since { get; internal set; }

    /// <summary>Whether one is under way: neither none, completed, failed nor cancelled.</summary>
    public bool Active { get; internal set; }

    /// <summary>Number of the newest pass over memory; 0 before the first.</summary>
    public long Passes { get; internal set; }
}
