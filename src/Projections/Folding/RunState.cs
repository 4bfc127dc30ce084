using Qualm.Model;

namespace Qualm.Projections;

/// <summary>QEMU's run states that folds reason about, and two of ours.</summary>
internal static class RunState
{
    /// <summary>Ours: nobody told yet.</summary>
    public const string Unknown = "unknown";

    /// <summary>Ours: the process has ended.</summary>
    public const string Gone = "gone";

    public const string Running = "running";
    public const string Paused = "paused";
    public const string Suspended = "suspended";
    public const string Shutdown = "shutdown";
    public const string Prelaunch = "prelaunch";
    public const string GuestPanicked = "guest-panicked";
    public const string IoError = "io-error";
    public const string InternalError = "internal-error";
    public const string Watchdog = "watchdog";
    public const string InMigrate = "inmigrate";
    public const string FinishMigrate = "finish-migrate";
    public const string PostMigrate = "postmigrate";

    /// <summary>Sets the status; its time of origin moves only when it differs.</summary>
    public static void Set(VmState vm, string status, Instant at)
    {
        vm.StatusAt = Instant.Max(vm.StatusAt, at);
        if (vm.Status == status) return;
        vm.Status = status;
        vm.Since = at;
    }
}
