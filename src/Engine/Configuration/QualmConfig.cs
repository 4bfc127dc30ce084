using System.Collections.Immutable;
using Qualm.Actions;
using Qualm.Ingest.Pipeline;

namespace Qualm.Engine.Configuration;

/// <summary>All settings of one run: <c>qualm.yaml</c> over defaults, overridden by the environment and flags.</summary>
/// <param name="Rules">File or folder of rule files.</param>
/// <param name="Store">PostgreSQL connection string; null: the private PostgreSQL in <paramref name="Data"/>.</param>
/// <param name="Data">Data folder: private PostgreSQL, spool.</param>
/// <param name="Receivers">Empty: whatever the rules name is the log.</param>
/// <param name="MaxClockSkew">How far QEMU's clock may be from ours before it is not trusted.</param>
public sealed record QualmConfig(
    ImmutableArray<SourceConfig> Sources,
    string Rules,
    string? Store,
    string Data,
    ImmutableArray<ReceiverConfig> Receivers,
    TimeSpan MaxClockSkew)
{
    /// <summary>The receiver for what can wait until morning. The rules that ship name it beside <c>page</c>; it is always there.</summary>
    public const string Notify = "notify";

    /// <summary>Who is told. Where some are set up and <see cref="Notify"/> is not, it is the log. Empty: whatever the rules name is the log.</summary>
    public ImmutableArray<ReceiverConfig> Receivers { get; init; } =
        Receivers.IsEmpty || Receivers.Any(r => r.Name == Notify) ? Receivers : Receivers.Add(new ReceiverConfig.Log(Notify));

    /// <summary>How the service shows itself to those who run it.</summary>
    public ServingConfig Serving { get; init; } = ServingConfig.Default;

    /// <summary>When equal events of one monitor are folded into one; null: never.</summary>
    public FloodOptions? Flood { get; init; } = FloodOptions.Default;

    /// <summary>Bytes that the spool may take before monitors are disconnected. Default 1 GiB.</summary>
    public long SpoolLimit { get; init; } = Spooling.SpoolOptions.DefaultLimit;

    /// <summary>Names of the receivers that are told when the store is away; empty: all of them.</summary>
    public ImmutableArray<string> Alarms { get; init; } = [];

    /// <summary>Whether to wait for another engine on the same database to end, and take over; else that is an error. Default true.</summary>
    public bool Standby { get; init; } = true;

    /// <summary>Default length of <see cref="MaxClockSkew"/>.</summary>
    public static readonly TimeSpan DefaultMaxClockSkew = TimeSpan.FromSeconds(60);

    /// <summary>Where data lies when nobody says: <c>/var/lib/qualm</c> for root, <c>~/.local/state/qualm</c> else.</summary>
    public static string DefaultData =>
        Environment.UserName == "root"
            ? "/var/lib/qualm"
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state", "qualm");
}
