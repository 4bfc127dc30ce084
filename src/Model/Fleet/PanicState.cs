namespace Qualm.Model;

/// <summary>Guest panics of one VM.</summary>
public sealed class PanicState
{
    /// <summary>What every VM shows that never had any; never changed.</summary>
    internal static readonly PanicState None = new();

    public long Count { get; internal set; }

    /// <summary>Event time of the newest panic; the epoch while there was none.</summary>
    public Instant LastAt { get; internal set; }

    /// <summary>What QEMU did on the newest one: <c>pause</c>, <c>poweroff</c>, <c>run</c>; empty while there was none.</summary>
    public string LastAction { get; internal set; } = "";

    /// <summary>Whether the guest panicked and has not been reset since. RESUME does not cure a panic.</summary>
    public bool Panicked { get; internal set; }

    /// <summary>GUEST_CRASHLOADED events: the guest panicked and loaded its crash kernel.</summary>
    public long CrashLoaded { get; internal set; }
}
