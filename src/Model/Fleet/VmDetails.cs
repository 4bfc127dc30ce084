using System.Collections.Immutable;

namespace Qualm.Model;

/// <summary>What few events touch of a VM's picture: kept apart, so that the rest takes fewer lines of the processor's cache. See <see cref="VmState"/> for what each is.</summary>
internal sealed class VmDetails
{
    private static readonly ImmutableSortedDictionary<string, string> NoLabels = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public required string Name { get; set; }

    public string Uuid { get; set; } = "";

    public string QemuVersion { get; set; } = "";

    public ImmutableSortedDictionary<string, string> Labels { get; set; } = NoLabels;

    public Instant Since { get; set; }

    public Instant StatusAt { get; set; }

    public string StopCause { get; set; } = "";

    public bool Ending { get; set; }

    public RollUp Counted { get; set; }

    public long Resets { get; set; }

    public long Watchdogs { get; set; }

    public PanicState? Panics { get; set; }

    public MigrationState? Migration { get; set; }

    public DumpState? Dump { get; set; }

    public UnplugState? Unplug { get; set; }
}
